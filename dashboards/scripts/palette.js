// One palette: a space and a category keep their colour and pattern on every page. The hues stay apart for
// the colour-blind and on light and dark grounds; kin share a hue, and differ by pattern.
"use strict";
(function (own) {
  const [BLUE, SKY, RED, AMBER] = ["#1f6fb8", "#69b8e8", "#d1582a", "#e2a521"];
  const [GREEN, PINK, VIOLET, GREY] = ["#16937a", "#dd93bd", "#9a86e0", "#737c86"];
  const OF_SPACES = [BLUE, RED, GREEN, AMBER, VIOLET, SKY, PINK];
  const PATTERNS = ["", "/", "x", "."];

  // In the order they are stacked, from the bottom.
  const CATEGORIES = {
    "Studio apps": [BLUE, ""],
    "Studio storage": [SKY, ""],
    "home file system": [SKY, "/"],
    "notebook instances": [BLUE, "/"],
    RStudio: [VIOLET, ""],
    Canvas: [PINK, ""],
    training: [RED, ""],
    HyperPod: [RED, "/"],
    processing: [AMBER, ""],
    "batch transform": [AMBER, "/"],
    hosting: [GREEN, ""],
    MLflow: [VIOLET, "/"],
    "Feature Store": [GREEN, "/"],
    "Ground Truth": [PINK, "/"],
    "data transfer": [SKY, "x"],
    "other services": [GREY, ""],
    other: [GREY, "/"],
    "unused Savings Plan commitment": [GREY, "x"],
    "savings plan negation": [GREY, "\\"],
    tax: [GREY, "-"],
    discount: [GREY, "|"],
    refund: [GREY, "+"],
    credit: [GREY, "."],
    space_tag: [BLUE, ""],
    space_resource: [SKY, ""],
    space_history: [GREEN, ""],
    space_event: [VIOLET, ""],
    user_profile: [PINK, ""],
    domain: [AMBER, ""],
    unattributed: [RED, "/"],
  };
  const ORDER = Object.keys(CATEGORIES);
  // "hosting (real-time)" is of the family of "hosting".
  const family = (category) => (Object.hasOwn(CATEGORIES, category) ? category : category.split(" (")[0]);

  function marker([color, shape]) {
    const pattern = { shape, size: 6, solidity: 0.35, fillmode: "overlay" };
    return Object.assign({ color, line: { width: 0 } }, shape ? { pattern } : {});
  }
  // By its place among all spaces; the sum of the others is grey.
  const ofSpace = (space) =>
    !space || !space.page || space.colour === null
      ? [GREY, space ? "" : "-"]
      : [
          OF_SPACES[space.colour % OF_SPACES.length],
          PATTERNS[Math.floor(space.colour / OF_SPACES.length) % PATTERNS.length],
        ];
  // Instance types and the like have no colour of their own: their name gives one, the same everywhere.
  function ofName(name) {
    let sum = 0;
    for (const char of name) sum = (sum * 31 + char.codePointAt(0)) % 9973;
    return [OF_SPACES[sum % OF_SPACES.length], PATTERNS[Math.floor(sum / OF_SPACES.length) % PATTERNS.length]];
  }
  const ofCategory = (category) =>
    Object.hasOwn(CATEGORIES, family(category)) ? CATEGORIES[family(category)] : ofName(category);
  const place = (category) => {
    const found = ORDER.indexOf(family(category));
    return (found < 0 ? ORDER.indexOf("other") : found) + category.length / 1000;
  };

  own.palette = { BLUE, SKY, RED, AMBER, GREEN, PINK, VIOLET, GREY, marker, ofSpace, ofCategory, place };
})(window.spaceledger);
