import { installFromDebian } from "./debian-install.ts";

/** What a monitor, an OSD, a gateway and their tools come in; no manager daemon, which nothing here needs. */
const packages = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"];

/** Installs the release's Ceph, 300 MB, unless `radosgw` is there. Announces and throws as `installFromDebian` does. */
export function installCeph(announce: (line: string) => void): Promise<void> {
  return installFromDebian({ packages, probe: ["radosgw", "--version"] }, announce);
}
