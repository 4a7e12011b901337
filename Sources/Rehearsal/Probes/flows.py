"""Sends a datagram to each of its peers every 50 ms, and tells how long it has not heard from each of them.

usage: python3 flows.py SECONDS PORT NAME=ADDRESS PEER=ADDRESS...    (the first is this host)

Prints a JSON line every half second: for each peer that has been heard, seconds since then, and the longest gap so far.
Ends after so many seconds.
"""
import json
import select
import socket
import sys
import time

PACE = 0.05

seconds, port = float(sys.argv[1]), int(sys.argv[2])
(name, address), *peers = [word.split("=", 1) for word in sys.argv[3:]]
flow = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
flow.bind((address, port))
flow.setblocking(False)
heard, longest = {}, {}
now = time.monotonic()
end, sending, telling = now + seconds, now, now + 0.5
while now < end:
    select.select([flow], [], [], max(0.0, min(sending, telling) - now))
    now = time.monotonic()
    while True:
        try:
            peer = flow.recv(256).decode()
        except OSError:
            break
        longest[peer] = max(longest.get(peer, 0.0), now - heard.get(peer, now))
        heard[peer] = now
    if now >= sending:
        # Sends that were missed are not made up for.
        sending = max(sending + PACE, now)
        for _, peer in peers:
            try:
                flow.sendto(name.encode(), (peer, port))
            except OSError:
                pass  # no route, which the peer tells by its silence
    if now >= telling:
        telling = now + 0.5
        silent = {peer: round(now - at, 2) for peer, at in heard.items()}
        gaps = {peer: round(max(gap, now - heard[peer]), 2) for peer, gap in longest.items()}
        print(json.dumps({"silent_s": silent, "longest_gap_s": gaps}), flush=True)
