// Ceph
