// What stands in a table's cells, by what it is ordered and found, and what may be added up.
"use strict";
window.spaceledger = window.spaceledger || {};
(function (own) {
  const values = own.values;
  const LOOKS = { text: "t", link: "t", code: "c", term: "k", date: "k" };
  const NUMBERS = {
    money: values.money,
    share: values.ratio,
    change: values.change,
    count: values.count,
    number: decimal,
  };
  const ORDER = new Intl.Collator("en", { numeric: true });
  // Relative, or a place on this page: no scheme, no other host, nothing a browser would strip.
  const INSIDE = /^(?:[\w.-][\w./%~-]*)?(?:\?[^#\s]*)?(?:#\S*)?$/;

  function decimal(value) {
    if (value === null || value === undefined) return "–";
    if (typeof value === "bigint") return values.exact(value);
    return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  }

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  const isNumber = (column) => column.kind in NUMBERS;
  const title = (column) => values.visible(column.label) + (column.unit ? " (" + column.unit + ")" : "");
  const looks = (column) => (LOOKS[column.kind] || "n") + (column.minor ? " minor" : "");
  const isRich = (cell) => typeof cell === "object" && cell !== null;

  function shown(column, cell) {
    if (isRich(cell)) return values.visible(cell.text);
    if (typeof cell === "string") return values.visible(cell);
    if (isNumber(column)) return NUMBERS[column.kind](cell);
    return cell === null || cell === undefined ? "" : String(cell);
  }

  function fill(node, column, cell) {
    const text = shown(column, cell);
    node.className = looks(column);
    if (node.tagName === "TH") node.setAttribute("scope", "row");
    if (typeof cell === "bigint") node.title = values.exact(cell) + (column.unit ? " " + column.unit : "");
    if (!isRich(cell)) {
      node.replaceChildren(column.kind === "code" && text ? element("code", null, text) : text);
      return node;
    }
    const href = cell.href && INSIDE.test(cell.href) ? cell.href : null;
    const more = cell.detail ? values.visible(cell.detail) : null;
    if (cell.reveals) node.replaceChildren(...reveal(text, more));
    else
      node.replaceChildren(
        element(
          href ? "a" : column.kind === "code" && text ? "code" : "span",
          { href, title: more },
          element("bdi", null, text),
        ),
      );
    if (cell.badge) node.append(" ", element("span", { class: "badge" }, values.visible(cell.badge)));
    if (cell.under) node.append(element("span", { class: "under" }, values.visible(cell.under)));
    if (cell.below) node.append(element("span", { class: "below" }, values.visible(cell.below)));
    return node;
  }

  // The name; a click shows the whole ARN below it.
  function reveal(text, more) {
    const whole = element("code", { class: "arn", hidden: "" }, more);
    const name = element(
      "button",
      { type: "button", class: "name", "aria-expanded": "false", title: more },
      element("bdi", null, text),
    );
    name.addEventListener("click", () => {
      whole.hidden = !whole.hidden;
      name.setAttribute("aria-expanded", String(!whole.hidden));
    });
    return [name, whole];
  }

  const row = (columns, cells) =>
    element("tr", null, ...columns.map((column, index) => fill(element(index ? "td" : "th"), column, cells[index])));

  // Nothing stays last in both directions, numbers come before words; `way` is 1 or -1.
  function compare(one, other, way) {
    if (one === null || other === null) return (one === null) - (other === null);
    const isWord = typeof one === "string";
    if (isWord !== (typeof other === "string")) return isWord ? 1 : -1;
    return way * (isWord ? ORDER.compare(one, other) : (one > other) - (one < other));
  }
  function sorted(cell) {
    const value = isRich(cell) ? (cell.sort ?? cell.text) : cell;
    return value === undefined || value === "" ? null : value;
  }

  // DataTables decodes entities in what it searches: text must bring none of its own.
  function searched(column, cell) {
    const parts = isRich(cell) ? [cell.text, cell.detail, cell.under, cell.badge] : [shown(column, cell)];
    return values.visible(parts.filter(Boolean).join(" ")).replace(/&/g, "&amp;").replace(/</g, "&lt;");
  }

  const isAmount = (cell) => typeof cell === "bigint" || typeof cell === "number";
  function sum(rows, index, zero) {
    return rows
      .map((cells) => cells[index])
      .filter(isAmount)
      .reduce((before, cell) => before + cell, zero);
  }
  // A total that is its column's sum can be added up again for fewer rows; an average or a change cannot.
  function part(table, rows, index) {
    const total = table.total[index];
    if (!isAmount(total)) return total;
    const zero = typeof total === "bigint" ? 0n : 0;
    const all = sum(table.rows, index, zero);
    const isSum = zero === 0n ? total === all : Math.abs(total - all) <= 1e-9 * Math.max(1, Math.abs(total));
    return isSum ? sum(rows, index, zero) : null;
  }
  function totals(table, rows) {
    const columns = table.columns.map((column, index) => (index ? column : { ...column, kind: "text" }));
    if (rows.length === table.rows.length) return row(columns, table.total);
    const counted = " of " + values.count(rows.length) + " shown of " + values.count(table.rows.length);
    const cells = table.total.map((_, index) => part(table, rows, index));
    cells[0] = shown(columns[0], table.total[0]) + counted;
    return row(columns, cells);
  }

  own.cells = { element, isNumber, title, looks, fill, row, compare, sorted, searched, totals };
})(window.spaceledger);
