/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "presign-once",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
    };
  },

  async run() {
    const { singleUseUploads } = await import("./packages/deploy-sst/src/index.ts");

    // Who may ask for URLs, as JSON: npx sst secret set UploadsAuthorizer '…'. docs/deploy.md shows the forms.
    const authorizer = new sst.Secret("UploadsAuthorizer");

    const uploads = singleUseUploads({ aws, pulumi: $util }, "Uploads", {
      authorizer: authorizer.value,
      removal: $app.removal,
    });

    // For other parts of an app: `link: [...]` gives them the endpoint, and lets them read what was uploaded.
    new sst.Linkable("UploadsLink", {
      properties: { issueEndpoint: uploads.issueEndpoint, bucket: uploads.bucket },
      include: [
        sst.aws.permission({
          actions: ["s3:GetObject"],
          resources: [$interpolate`arn:aws:s3:::${uploads.bucket}/uploads/*`],
        }),
      ],
    });

    return {
      url: uploads.url,
      issueEndpoint: uploads.issueEndpoint,
      bucket: uploads.bucket,
      distributionId: uploads.distributionId,
    };
  },
});
