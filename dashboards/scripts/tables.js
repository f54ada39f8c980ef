// Tables: drawn plainly first; the library that sorts, searches, pages and exports comes when somebody asks for it.
"use strict";
window.spaceledger = window.spaceledger || {};
(function (own) {
  const { cells, values } = own;
  const { element } = cells;
  const PAGE = 25;
  const FEW = 8;
  const MISSING = "Sorting, searching and exports need the file assets/datatables.js, which is not there.";
  // What is drawn in a box, and what its reader asked for.
  const views = new WeakMap();
  let library = null;

  function button(text, action, attributes) {
    const node = element("button", { type: "button", ...attributes }, text);
    node.addEventListener("click", () => node.getAttribute("aria-disabled") === "true" || action());
    return node;
  }

  const nameOf = (table) => table.title || table.name;
  const rowsOf = (count) => values.count(count) + (count === 1 ? " row" : " rows");

  function load() {
    if (own.DataTable) return Promise.resolve();
    library =
      library ||
      new Promise((resolve, reject) => {
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
    own.DataTable.type("cell", "order", {
      asc: (one, other) => cells.compare(one, other, 1),
      desc: (one, other) => cells.compare(one, other, -1),
    });
    view.api = new own.DataTable(view.node, {
      data: table.rows,
      columns: table.columns.map((column, index) => ({
        data: index,
        type: "cell",
        cellType: index ? "td" : "th",
        searchable: !cells.isNumber(column),
        render: (cell, type) =>
          type === "sort" ? cells.sorted(cell) : type === "filter" ? cells.searched(column, cell) : "",
        createdCell: (node, cell) => cells.fill(node, column, cell),
      })),
      layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
      language: { zeroRecords: "No row matches the search." },
      ordering: { handler: false, indicators: false },
      order: [],
      orderDescReverse: false,
      autoWidth: false,
      pageLength: PAGE,
    });
    own.exports.attach(view.api, table);
    // Moving an element takes the focus from it.
    if (focused !== document.activeElement && view.box.contains(focused)) focused.focus({ preventScroll: true });
  }

  function apply(view) {
    const { state, table } = view;
    if (!view.api) takeOver(view);
    const index = table.columns.findIndex((column) => column.key === state.key);
    // Found as it is typed: words apart would find a "2" in every date.
    view.api.search(state.search.trim(), { regex: false, smart: false });
    view.api
      .order(index < 0 ? [] : [[index, state.way]])
      .page.len(state.all ? -1 : PAGE)
      .draw();
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
        const { status } = views.get(box);
        if (status) status.textContent = MISSING;
      },
    );
  }

  function statusOf(table, found, range) {
    const all = rowsOf(table.rows.length);
    if (found === table.rows.length) return range ? range + " of " + all : all;
    const matches = values.count(found);
    return range ? range + " of " + matches + " found in " + all : matches + " of " + all;
  }

  function describe(view, rows) {
    const { state, table } = view;
    const isPaged = rows.length > PAGE;
    const first = state.page * PAGE + 1;
    const last = Math.min(rows.length, first + PAGE - 1);
    const range = (first === 1 ? "" : values.count(first) + "–") + values.count(last);
    view.status.textContent = statusOf(table, rows.length, isPaged && !state.all ? range : "");
    view.pager.hidden = !isPaged;
    view.back.hidden = view.next.hidden = view.place.hidden = state.all;
    // Not `disabled`, which would take the focus from whoever turns pages by keyboard.
    view.back.setAttribute("aria-disabled", String(state.page === 0));
    view.next.setAttribute("aria-disabled", String(last === rows.length));
    const pages = Math.ceil(rows.length / PAGE);
    view.place.textContent = "Page " + values.count(state.page + 1) + " of " + values.count(pages);
    view.all.textContent = state.all ? "Show " + PAGE + " at a time" : "Show all " + rowsOf(rows.length);
    if (table.total) view.foot.replaceChildren(cells.totals(table, rows));
  }

  function header(box, column) {
    // The largest amounts are looked for first, and words from A.
    const ways = cells.isNumber(column) ? ["desc", "asc"] : ["asc", "desc"];
    const flip = () => {
      const { key, way } = views.get(box).state;
      ask(box, { key: column.key, way: key === column.key && way === ways[0] ? ways[1] : ways[0], page: 0 });
    };
    const sort = button(cells.title(column), flip, { title: column.hint, class: "sort" });
    return element("th", { scope: "col", class: cells.looks(column) }, sort);
  }

  function searchBox(view) {
    const { box, state, table } = view;
    const input = element("input", {
      type: "search",
      "aria-label": "Search in " + nameOf(table),
      placeholder: "Search",
      autocomplete: "off",
      spellcheck: "false",
    });
    input.value = state.search;
    input.hidden = table.rows.length <= FEW && !state.search;
    input.addEventListener("focus", () => views.get(box).api || ask(box, {}));
    input.addEventListener("input", () => ask(box, { search: input.value, page: 0 }));
    return input;
  }

  function controls(view) {
    const save = (type, label) => {
      const press = () => ask(view.box, {}, (now) => own.exports.save(now.api, type));
      return button(label, press, { "aria-label": nameOf(view.table) + " as " + label });
    };
    const exports = element("span", { class: "exports" }, save("csv", "CSV"), save("excel", "Excel"));
    view.status = element("p", { role: "status" });
    return element("div", { class: "controls" }, searchBox(view), view.status, exports);
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
    const name = nameOf(table);
    const heads = table.columns.map((column) => header(box, column));
    const rows = table.rows.slice(0, PAGE).map((row) => cells.row(table.columns, row));
    view.foot = table.total ? element("tfoot") : null;
    view.node = element(
      "table",
      { "aria-label": name },
      element("thead", null, element("tr", null, ...heads)),
      element("tbody", null, ...rows),
      view.foot,
    );
    const scroll = element("div", { class: "scroll", role: "region", "aria-label": name }, view.node);
    sizes.observe(scroll);
    sizes.observe(view.node);
    const parts = [controls(view), scroll, pager(view)];
    // Whatever was asked for of the table before, the first rows are there at once.
    describe({ ...view, state: { page: 0, all: false } }, table.rows);
    return parts;
  }

  // A table drawn again is ordered, searched and opened as the one before it was.
  function draw(box, table) {
    const before = views.get(box);
    if (before && before.api) before.api.destroy(true);
    const state = before ? before.state : { key: null, way: "asc", search: "", page: 0, all: false };
    state.page = 0;
    const view = { box, table, state, api: null, node: null };
    views.set(box, view);
    const isOpen = Boolean(before && before.details && before.details.open);
    let parts = [element("p", { class: "empty" }, table.empty || "There is nothing to show.")];
    if (table.rows.length) parts = build(view);
    if (table.folded) {
      view.details = element("details", { open: isOpen && "" }, element("summary", null, table.folded), ...parts);
      parts = [view.details];
    }
    box.classList.add("table");
    box.replaceChildren(...parts);
    if (!view.node || !(state.key || state.search || state.all)) return;
    if (own.DataTable) apply(view);
    else ask(box, {});
  }

  own.tables = { draw };
})(window.spaceledger);
