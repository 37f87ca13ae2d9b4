// tsyringe refuses to load without the metadata API of its decorators. None are used here, so there is no metadata.
Object.assign(Reflect, { getMetadata: () => undefined });

export {};
