/** What differs from one Ceph to the next on the same machine. */
export interface CephPlace {
  /** An absolute path; everything that Ceph writes goes below it. */
  readonly directory: string;
  readonly clusterId: string;
  readonly monitorPort: number;
  readonly s3Port: number;
}

/** Besides path style, `http://<bucket>.s3.localhost:<port>` reaches a bucket. */
export const cephDomain = "s3.localhost";

/**
 * The ceph.conf of one monitor, one OSD in memory and one RADOS Gateway, all on 127.0.0.1.
 *
 * Authentication (cephx) stays at its default, on: with `auth_*_required = none`, radosgw 16.2 is refused by its own
 * monitor session (EACCES).
 */
export function cephConfig({ directory, clusterId, monitorPort, s3Port }: CephPlace): string {
  return `
[global]
fsid = ${clusterId}
mon host = v2:127.0.0.1:${monitorPort}
public addr = 127.0.0.1
ms bind ipv6 = false
# Nothing outside the directory: the defaults are below /var/run/ceph, /var/log/ceph, /var/lib/ceph and /etc/ceph.
run dir = ${directory}/run
admin socket = ${directory}/run/$name.$pid.asok
log file = ${directory}/log/$name.log
crash dir = ${directory}/crash
keyring = ${directory}/keyring
# One copy of everything: a pool of the usual three would wait for two more OSDs.
osd pool default size = 1
# 8 placement groups a pool, not 32: the gateway makes eight pools, and one OSD may hold 250 placement groups.
# They stay 8: the autoscaler lives in the manager daemon, which is not there.
osd pool default pg num = 8
osd pool default pg autoscale mode = off

[mon]
mon data = ${directory}/mon
# The monitor stops itself on a disk with less than 5 % free, although it writes only a few megabytes.
mon data avail crit = 1
# A change waits up to 1 s for others to be proposed with; the dozen changes of a start take 10 s that way.
paxos propose interval = 0.05

[osd]
osd data = ${directory}/osd
osd objectstore = memstore
# The default is 1 GiB; the largest upload in the tests is as big.
memstore device bytes = ${4 * 1024 ** 3}

[client.rgw]
rgw data = ${directory}/rgw
rgw frontends = beast endpoint=127.0.0.1:${s3Port}
rgw dns name = ${cephDomain}
`;
}
