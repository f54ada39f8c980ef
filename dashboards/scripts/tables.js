// Tables: drawn plainly first; the library that sorts, searches, pages and exports comes when somebody asks for it.
"use strict";
window.spaceledger = window.spaceledger || {};
(function (own) {
  const values = own.values;
  const PAGE = 25;
  const FEW = 8;
  const LOOKS = { text: "t", link: "t", code: "c", term: "k", date: "k" };
  const NUMBERS = { money: values.money, share: values.ratio, change: values.change, count: values.count, number: decimal };
  const ORDER = new Intl.Collator("en", { numeric: true });
  // Relative, or a place on this page: no scheme, no other host, nothing a browser would strip.
  const INSIDE = /^(?:[\w.-][\w./%~-]*)?(?:\?[^#\s]*)?(?:#\S*)?$/;
  // What is drawn in a box, and what its reader asked for.
  const views = new WeakMap();
  let library = null;
  let drawn = 0;

  function decimal(value) {
    if (value === null || value === undefined) return "–";
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
  function button(text, action, attributes) {
    const node = element("button", { type: "button", ...attributes }, text);
    node.addEventListener("click", () => node.getAttribute("aria-disabled") === "true" || action());
    return node;
  }

  const title = (column) => column.label + (column.unit ? " (" + column.unit + ")" : "");
  const rowsOf = (count) => values.count(count) + (count === 1 ? " row" : " rows");
  const amount = (cell) => (typeof cell === "bigint" || typeof cell === "number" ? cell : null);

  function shown(column, cell) {
    if (cell !== null && typeof cell === "object") return values.visible(cell.text);
    if (typeof cell === "string") return values.visible(cell);
    if (NUMBERS[column.kind]) return NUMBERS[column.kind](cell);
    return cell === null || cell === undefined ? "" : String(cell);
  }

  function fill(node, column, cell) {
    const text = shown(column, cell);
    node.className = (LOOKS[column.kind] || "n") + (column.minor ? " minor" : "");
    if (node.tagName === "TH") node.setAttribute("scope", "row");
    if (typeof cell === "bigint") node.title = values.exact(cell) + (column.unit ? " " + column.unit : "");
    if (cell === null || typeof cell !== "object") {
      node.replaceChildren(column.kind === "code" && text ? element("code", null, text) : text);
      return node;
    }
    const more = cell.detail ? values.visible(cell.detail) : null;
    const isLink = cell.href && INSIDE.test(cell.href);
    node.replaceChildren(element(isLink ? "a" : "span", { href: isLink ? cell.href : null, title: more }, element("bdi", null, text)));
    if (cell.badge) node.append(" ", element("span", { class: "badge" }, values.visible(cell.badge)));
    if (cell.below) node.append(element("span", { class: "below" }, values.visible(cell.below)));
    return node;
  }

  const row = (columns, cells) =>
    element("tr", null, ...columns.map((column, index) => fill(document.createElement(index ? "td" : "th"), column, cells[index])));

  // Nothing stays last in both directions, numbers come before words.
  function compare(one, other, way) {
    if (one === null || other === null) return (one === null) - (other === null);
    const isWord = typeof one === "string";
    if (isWord !== (typeof other === "string")) return isWord ? 1 : -1;
    if (isWord) return way * ORDER.compare(one, other);
    return way * ((one > other) - (one < other));
  }

  function sorted(cell) {
    if (cell === null || cell === undefined || cell === "") return null;
    if (typeof cell !== "object") return cell;
    return cell.sort !== undefined && cell.sort !== null ? cell.sort : cell.text;
  }

  // The library reads entities in what it searches, so there must be none but ours.
  function searched(column, cell) {
    const parts = [shown(column, cell)];
    if (cell !== null && typeof cell === "object") parts.push(cell.detail, cell.badge);
    return values.visible(parts.filter(Boolean).join(" ")).replace(/&/g, "&amp;").replace(/</g, "&lt;");
  }

  // A total that is the sum of its column can be added up again for fewer rows; an average or a change cannot.
  function sum(rows, index) {
    const amounts = rows.map((cells) => amount(cells[index])).filter((cell) => cell !== null);
    return amounts.length ? amounts.slice(1).reduce((so_far, next) => so_far + next, amounts[0]) : null;
  }
  function isSum(table, index) {
    const total = amount(table.total[index]);
    const all = sum(table.rows, index);
    if (total === null || typeof total !== typeof all) return false;
    return typeof total === "bigint" ? total === all : Math.abs(total - all) <= 1e-9 * Math.max(1, Math.abs(total));
  }
  function totals(table, rows) {
    if (rows.length === table.rows.length) return table.total;
    const zero = (index) => (typeof table.total[index] === "bigint" ? 0n : 0);
    return table.total.map((cell, index) => {
      if (!index) return shown({ kind: "text" }, cell) + " of " + values.count(rows.length) + " shown of " + values.count(table.rows.length);
      if (amount(cell) === null) return cell;
      return isSum(table, index) ? sum(rows, index) ?? zero(index) : null;
    });
  }

  function load() {
    if (own.DataTable) return Promise.resolve();
    library = library || new Promise((resolve, reject) => {
      const script = element("script", { src: (own.root || "") + "assets/datatables.js" });
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => {
        library = null;
        script.remove();
        reject(new Error("assets/datatables.js"));
      });
      document.head.append(script);
    });
    return library;
  }

  // The same table element goes on living inside the library.
  function takeOver(view) {
    const { table } = view;
    const focused = document.activeElement;
    own.DataTable.ext.errMode = "throw";
    own.DataTable.type("cell", "order", { asc: (a, b) => compare(a, b, 1), desc: (a, b) => compare(a, b, -1) });
    view.api = new own.DataTable(view.node, {
      data: table.rows,
      columns: table.columns.map((column, index) => ({
        data: index,
        type: "cell",
        cellType: index ? "td" : "th",
        searchable: !NUMBERS[column.kind],
        render: (cell, type) => (type === "sort" ? sorted(cell) : type === "filter" ? searched(column, cell) : ""),
        createdCell: (node, cell) => fill(node, column, cell),
      })),
      layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
      language: { zeroRecords: "No row matches the search." },
      ordering: { handler: false, indicators: false },
      order: [],
      orderDescReverse: false,
      autoWidth: false,
      pageLength: PAGE,
    });
    if (focused !== document.activeElement && view.box.contains(focused)) focused.focus({ preventScroll: true });
  }

  function apply(view) {
    const { state, table } = view;
    if (!view.api) takeOver(view);
    const index = table.columns.findIndex((column) => column.key === state.key);
    // Found as it is typed: words apart would find a "2" in every date.
    view.api.search(state.search.trim(), { regex: false, smart: false });
    view.api.order(index < 0 ? [] : [[index, state.way]]).page.len(state.all ? -1 : PAGE).draw();
    const last = Math.max(0, view.api.page.info().pages - 1);
    state.page = Math.min(state.page, last);
    view.api.page(state.page).draw("page");
    describe(view, view.api.rows({ search: "applied" }).data().toArray());
  }

  // Changes what is asked for at once, and shows it as soon as the library is there.
  function ask(box, change, then) {
    Object.assign(views.get(box).state, change);
    load().then(
      () => {
        const view = views.get(box);
        if (!view.node) return;
        apply(view);
        if (then) then(view);
      },
      () => {
        views.get(box).status.textContent = "Sorting, searching and exports need the file assets/datatables.js, which is not there.";
      }
    );
  }

  function describe(view, rows) {
    const { state, table } = view;
    const first = state.page * PAGE + 1;
    const last = state.all ? rows.length : Math.min(rows.length, first + PAGE - 1);
    const isPaged = rows.length > PAGE;
    const range = first === 1 ? values.count(last) : values.count(first) + "–" + values.count(last);
    const found = rows.length < table.rows.length;
    if (found && isPaged && !state.all) view.status.textContent = range + " of " + values.count(rows.length) + " found in " + rowsOf(table.rows.length);
    else if (found) view.status.textContent = values.count(rows.length) + " of " + rowsOf(table.rows.length);
    else view.status.textContent = isPaged && !state.all ? range + " of " + rowsOf(rows.length) : rowsOf(rows.length);
    view.pager.hidden = !isPaged;
    view.back.hidden = view.next.hidden = view.place.hidden = state.all;
    view.back.setAttribute("aria-disabled", String(state.page === 0));
    view.next.setAttribute("aria-disabled", String(last >= rows.length));
    view.place.textContent = "Page " + values.count(state.page + 1) + " of " + values.count(Math.ceil(rows.length / PAGE));
    view.all.textContent = state.all ? "Show " + PAGE + " at a time" : "Show all " + rowsOf(rows.length);
    if (table.total) view.foot.replaceChildren(row(table.columns, totals(table, rows)));
  }

  function header(box, column) {
    const flip = () => {
      const { state } = views.get(box);
      const first = LOOKS[column.kind] ? "asc" : "desc";
      const isAgain = state.key === column.key && state.way === first;
      ask(box, { key: column.key, way: isAgain ? (first === "asc" ? "desc" : "asc") : first, page: 0 });
    };
    const looks = (LOOKS[column.kind] || "n") + (column.minor ? " minor" : "");
    return element("th", { scope: "col", class: looks }, button(title(column), flip, { title: column.hint, class: "sort" }));
  }

  function controls(view) {
    const { box, state, table } = view;
    const name = table.title || table.name;
    const input = element("input", { type: "search", "aria-label": "Search in " + name, placeholder: "Search", autocomplete: "off", spellcheck: "false" });
    input.value = state.search;
    input.hidden = table.rows.length <= FEW && !state.search;
    input.addEventListener("focus", () => views.get(box).api || ask(box, {}));
    input.addEventListener("input", () => ask(box, { search: input.value, page: 0 }));
    const save = (type, label) => button(label, () => ask(box, {}, (now) => own.exports.save(now.api, now.table, type)), { "aria-label": name + " as " + label });
    view.status = element("p", { role: "status" });
    return element("div", { class: "controls" }, input, view.status, element("span", { class: "exports" }, save("csv", "CSV"), save("excel", "Excel")));
  }

  function pager(view) {
    const { box, state } = view;
    const turn = (by) => () => ask(box, { page: state.page + by });
    view.back = button("Previous", turn(-1));
    view.place = element("span");
    view.next = button("Next", turn(1));
    view.all = button("", () => ask(box, { all: !state.all, page: 0 }));
    view.pager = element("div", { class: "controls pager" }, view.back, view.place, view.next, view.all);
    return view.pager;
  }

  // What cannot be scrolled must not be a stop on the keyboard's way.
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const region = target.closest(".scroll");
      if (!region) continue;
      if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    }
  });

  function build(view) {
    const { box, table } = view;
    const name = table.title || table.name;
    const body = element("tbody", null, ...table.rows.slice(0, PAGE).map((cells) => row(table.columns, cells)));
    view.foot = table.total ? element("tfoot") : null;
    view.node = element("table", { "aria-label": name, id: "table-" + ++drawn }, element("thead", null, element("tr", null, ...table.columns.map((column) => header(box, column)))), body, view.foot);
    const scroll = element("div", { class: "scroll", role: "region", "aria-label": name }, view.node);
    sizes.observe(scroll);
    sizes.observe(view.node);
    return [controls(view), scroll, pager(view)];
  }

  function draw(box, table) {
    const before = views.get(box);
    if (before && before.api) before.api.destroy(true);
    const state = before ? before.state : { key: null, way: "asc", search: "", page: 0, all: false };
    state.page = 0;
    const view = { box, table, state, api: null, node: null };
    views.set(box, view);
    const wasOpen = before && before.details ? before.details.open : false;
    let inside = [element("p", { class: "empty" }, table.empty || "There is nothing to show.")];
    if (table.rows.length) inside = build(view);
    if (table.folded) {
      view.details = element("details", { open: wasOpen ? "" : null }, element("summary", null, table.folded), ...inside);
      inside = [view.details];
    }
    box.classList.add("table");
    box.replaceChildren(...inside);
    if (!view.node) return;
    describe({ ...view, state: { ...state, all: false } }, table.rows);
    if (state.key || state.search || state.all) {
      if (own.DataTable) apply(view);
      else ask(box, {});
    }
  }

  own.title = title;
  own.tables = { draw };
})(window.spaceledger);
