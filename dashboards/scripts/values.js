// How values are shown. Amounts are BigInt in units of 10^-12, as exact as the ledger's DECIMAL(38,12).
"use strict";
window.spaceledger = window.spaceledger || {};
(function (own) {
  const PLACES = 12;
  const ONE = 10n ** 12n;
  const CENT = 10n ** 10n;
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  // Control characters, and the marks that turn text around; joiners of emoji and scripts stay.
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

  // "12.5" as an amount; null for an empty text.
  function parse(text) {
    if (text === "" || text === null || text === undefined) return null;
    const point = text.indexOf(".");
    if (point < 0) return BigInt(text) * ONE;
    return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(PLACES, "0"));
  }

  // Half to even, as Python's Decimal and banks do.
  function rounded(amount, unit) {
    const down = amount / unit;
    const rest = amount - down * unit;
    const twice = (rest < 0n ? -rest : rest) * 2n;
    if (twice > unit || (twice === unit && down % 2n !== 0n)) return down + (amount < 0n ? -1n : 1n);
    return down;
  }

  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

  // Thousands separators and two decimals; what would round to nothing says so.
  function money(amount) {
    if (amount === null || amount === undefined) return "–";
    const cents = rounded(amount, CENT);
    if (cents === 0n && amount !== 0n) return amount > 0n ? "<0.01" : ">-0.01";
    const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
    return (cents < 0n ? "-" : "") + grouped(digits.slice(0, -2)) + "." + digits.slice(-2);
  }

  // Every decimal it has, without separators: what a spreadsheet or SQL reads.
  function plain(amount) {
    if (amount === null || amount === undefined) return "";
    const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, "0");
    const decimals = digits.slice(-PLACES).replace(/0+$/, "");
    return (amount < 0n ? "-" : "") + digits.slice(0, -PLACES) + (decimals ? "." + decimals : "");
  }

  function exact(amount) {
    if (amount === null || amount === undefined) return "–";
    const [whole, decimals] = plain(amount).split(".");
    return grouped(whole) + (decimals ? "." + decimals : "");
  }

  // The nearest double, for charts and for sorting.
  const number = (amount) => (amount === null || amount === undefined ? null : Number(plain(amount)));

  // Null where it says nothing: a whole that is not above zero has no shares.
  const share = (part, whole) => (part === null || whole === null || whole <= 0n ? null : number(part) / number(whole));
  const changed = (now, before) =>
    now === null || before === null || before <= 0n ? null : number(now - before) / number(before);

  function decimals(value, places) {
    const [whole, rest] = Math.abs(value).toFixed(places).split(".");
    const isZero = Number(whole) === 0 && !/[1-9]/.test(rest || "");
    return (value < 0 && !isZero ? "-" : "") + grouped(whole) + (rest ? "." + rest : "");
  }

  const ratio = (value) => (value === null || value === undefined ? "–" : decimals(value * 100, 1) + "%");
  function change(value) {
    if (value === null || value === undefined) return "–";
    if (value >= 9) return "×" + decimals(value + 1, 0);
    return (value < 0 ? "" : "+") + ratio(value);
  }
  const count = (value) => (value === null || value === undefined ? "–" : decimals(value, 0));

  // '2026-09' as September 2026.
  const month = (period) => MONTHS[Number(period.slice(5, 7)) - 1] + " " + period.slice(0, 4);

  // Text whose direction marks and control characters can be seen, and do nothing.
  const visible = (text) =>
    String(text).replace(UNSEEN, (mark) =>
      "\t\n\r".includes(mark) ? " " : "[U+" + mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "]",
    );
  // Text for plotly, whose labels understand a little HTML and whose templates `%{...}`.
  const label = (text) =>
    visible(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%\{/g, "%&#123;");

  own.values = {
    parse,
    money,
    plain,
    exact,
    number,
    share,
    changed,
    ratio,
    change,
    count,
    month,
    visible,
    label,
  };
})(window.spaceledger);
