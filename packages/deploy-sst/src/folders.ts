/** Where objects go in the uploads bucket; keys are this and a UUID. */
export const UPLOADS_FOLDER = "uploads/";

/** Where tickets are used, below the root of the distribution. */
export const TICKETS_FOLDER = "u/";

/** Where links for downloads are used, likewise. */
export const LINKS_FOLDER = "d/";

/** Where the index keeps its entries, in a bucket of its own as well as in the uploads' bucket. */
export const INDEX_FOLDER = "signatures/";
