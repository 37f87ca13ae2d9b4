/** A program that opens links before people do, as far as its requests are publicly known. */
export interface LinkPreview {
  readonly name: string;
  readonly userAgent: string;
  /** In the order in which they come. */
  readonly requests: readonly { readonly method: "GET" | "HEAD"; readonly range?: string }[];
  /** The page that says so. */
  readonly source: string;
}

const GET = [{ method: "GET" }] as const;

/** The rows of the table in docs/downloads.md; a test compares them, and plays each. */
export const LINK_PREVIEWS: readonly LinkPreview[] = [
  {
    name: "Slack",
    userAgent: "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    requests: [{ method: "GET", range: "bytes=0-32768" }],
    source: "https://opengraphplus.com/consumers/slack/crawling",
  },
  {
    name: "Teams",
    userAgent: "SkypeUriPreview Preview/0.5",
    requests: GET,
    source: "https://opengraphplus.com/consumers/teams/crawling",
  },
  {
    name: "Outlook Safe Links",
    userAgent:
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    requests: [{ method: "HEAD" }, { method: "GET" }],
    source: "https://forum.ghost.org/t/magic-links-don-t-work-when-outlook-safe-links-are-enabled/18033",
  },
  {
    name: "WhatsApp",
    userAgent: "WhatsApp/2.23.18.78 i",
    requests: GET,
    source: "https://opengraphplus.com/consumers/whatsapp/crawling",
  },
  {
    name: "Facebook",
    userAgent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    requests: [{ method: "GET", range: "bytes=0-524288" }],
    source: "https://developers.facebook.com/docs/sharing/webmasters/crawler/",
  },
  {
    name: "Discord",
    userAgent: "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    requests: GET,
    source: "https://plainsignal.com/agents/discordbot",
  },
  {
    name: "iMessage",
    userAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 " +
      "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    requests: GET,
    source: "https://peter.upfold.org.uk/blog/2019/02",
  },
  {
    name: "Gmail",
    userAgent: "Mozilla/5.0 Firefox/3.0.7 (via ggpht.com GoogleImageProxy)",
    requests: GET,
    source: "https://support.google.com/a/answer/3299041",
  },
  {
    name: "Googlebot",
    userAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +https://www.google.com/bot.html)",
    requests: GET,
    source: "https://developers.google.com/search/blog/2008/03/first-date-with-googlebot-headers-and",
  },
];
