export { bundleForDeploy } from "./bundle-for-deploy.ts";
export type { DeployBundles } from "./deploy-bundles.ts";
