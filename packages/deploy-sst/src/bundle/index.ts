export { bundleForDeploy } from "./bundle-for-deploy.ts";
