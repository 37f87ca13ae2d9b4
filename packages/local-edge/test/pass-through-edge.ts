/** Runs an edge that passes everything on to the origin in argv[2], with the bundles in argv[3]; prints its port. */
import { createLocalEdge } from "../src/create-local-edge.ts";

const [url = "", dir = ""] = process.argv.slice(2);
const edge = await createLocalEdge({
  bundles: { issueDir: dir, verifyDir: dir },
  origin: { url },
  identity: { region: "us-east-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" },
});
console.log(edge.port);
process.on("disconnect", () => void edge.close().then(() => process.exit()));
