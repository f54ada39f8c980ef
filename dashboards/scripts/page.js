// Starts a page: reads the view from the address, asks each panel what to draw, and draws it.
"use strict";
(function (own) {
  const { visible } = own.values;
  let turn = 0;

  own.draws = {}; // by name: async (panel, view) -> what to show

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = visible(text);
    if (name) made.className = name;
    return made;
  }
  own.element = element;

  // Where a page lies, with the view that is shown: links keep the filters.
  own.href = function (page, view, more = {}) {
    const next = Object.assign({}, view, more, { options: {} });
    if (own.isSingle) {
      const said = own.filters.write(next);
      return "#page=" + page.replace("space/", "space&is=") + (said ? "&" + said : "");
    }
    const file = page.startsWith("space/") ? "spaces/" + page.slice(6) + ".html" : own.files[page];
    const said = own.filters.write(next);
    return own.root + file + (said ? "#" + said : "");
  };
  own.spaceLink = (space, view) =>
    space && space.page
      ? {
          text: space.title,
          href: own.href("space/" + space.page, view),
          detail: space.space_arn,
          below: space.domain_title,
          badge: space.deleted_at ? "deleted" : "",
        }
      : { text: space ? space.title : "no space" };

  async function show(box, panel, view, mine) {
    const body = box.querySelector(".body");
    try {
      const made = await own.draws[panel.draw](panel, view);
      if (panel.told && made.table && !made.table.rows.length && !(await own.isTold(view))) {
        made.table.empty =
          "No trail tells of these days, so that silence means nothing here. An [[activity]] entry of spaceledger.toml names a trail.";
      } else if (panel.recent && made.table && !made.table.rows.length && view.to < own.build.daily_from) {
        made.table.empty = "Kept from " + own.build.daily_from + " on alone.";
      }
      if (mine !== turn) return;
      const note = box.querySelector(".unfiltered");
      const idle = own.filters.idle(view, made.tables || []);
      note.hidden = idle.length === 0 || !made.tables;
      note.textContent = "Not narrowed by: " + idle.join(", ") + ".";
      own.panel(body, panel, made, view);
    } catch (error) {
      if (mine !== turn) return;
      body.replaceChildren(element("p", "This panel could not be drawn: " + error.message, "empty fault"));
      console.error(panel.key, error);
    }
    body.removeAttribute("aria-busy");
  }

  async function draw() {
    const mine = ++turn;
    const view = own.filters.read(location.hash);
    own.view = view;
    document.documentElement.dataset.drawn = "";
    own.filters.fill(document.querySelector(".filters"), view, change);
    const unknown = document.querySelector("#unknown");
    unknown.hidden = view.unknown.length === 0 && !view.isWidened && !own.isVoid;
    unknown.textContent = [
      own.isVoid ? "The address names a space that is not in this build." : "",
      view.unknown.length
        ? "The address asks for something that is not in this build (" + view.unknown.join(", ") + "): it is left out."
        : "",
      view.isWidened
        ? "Days before " + own.build.daily_from + " are not kept one by one: the dates were widened to whole months."
        : "",
    ]
      .filter(Boolean)
      .join(" ");
    for (const link of document.querySelectorAll("a[data-page]")) link.href = own.href(link.dataset.page, view);
    for (const name of document.querySelectorAll("[data-measure]"))
      name.textContent = own.words.measures[view.measure][0];
    const boxes = own.isVoid ? [] : document.querySelectorAll(".page:not([hidden]) [data-panel]");
    for (const panel of document.querySelectorAll(".page:not([hidden]) .panel")) panel.hidden = Boolean(own.isVoid);
    const all = [...boxes].map((box) => show(box, own.panels[box.dataset.panel], view, mine));
    await Promise.all(all);
    if (mine === turn) document.documentElement.dataset.drawn = String(mine);
  }

  function change(patch) {
    const next =
      patch === null
        ? Object.assign(own.filters.defaults(), { options: {}, carried: {} })
        : Object.assign({}, own.view, patch);
    if (patch && patch.options) next.options = Object.assign({}, own.view.options, patch.options);
    const said = own.filters.write(next);
    const page = own.isSingle ? own.singlePage() : "";
    const hash = page + (page && said ? "&" : "") + said;
    if (location.hash.replace(/^#/, "") === hash) draw();
    else location.hash = hash;
  }
  own.change = change;

  // In a single file the address names the page, and the space of a space's page.
  function asked() {
    const given = new URLSearchParams(location.hash.replace(/^#/, ""));
    const boxes = [...document.querySelectorAll(".page")].map((box) => box.dataset.page);
    const page = boxes.includes(given.get("page")) ? given.get("page") : boxes[0];
    return { page, is: page === "space" ? given.get("is") || "" : "" };
  }
  own.singlePage = function () {
    const { page, is } = asked();
    return "page=" + page + (is ? "&is=" + encodeURIComponent(is) : "");
  };
  own.openSinglePage = function () {
    const { page, is } = asked();
    own.pageSpace = is;
    for (const box of document.querySelectorAll(".page")) box.hidden = box.dataset.page !== page;
    for (const link of document.querySelectorAll("nav.pages a")) {
      if (link.dataset.page === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const space = own.spaces().find((one) => one.page === is);
    own.isVoid = page === "space" && !space;
    const heading = document.querySelector(".page:not([hidden]) h1");
    if (page === "space") heading.textContent = visible(space ? space.title : "No such space");
    document.title = heading.textContent + " · spaceledger";
  };

  function start() {
    if (own.isSingle) own.openSinglePage();
    else own.pageSpace = document.body.dataset.space || "";
    const builds = own.first("build");
    own.build = own.records(builds)[0];
    const months = own.first("first_months") || own.first("coverage");
    own.currencies = own.records(own.first("currencies")).map((row) => row.billing_currency);
    own.otherDomains = months ? [...new Set(months.column("domain_arn"))] : [];
    // The fragment is the view: a jump must not take its place.
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector("#main").focus();
    });
    window.addEventListener("hashchange", () => {
      if (own.isSingle) own.openSinglePage();
      draw();
    });
    const bar = document.querySelector("details.bar-filters");
    if (bar && window.innerWidth < 900) bar.open = false;
    draw();
  }
  document.addEventListener("DOMContentLoaded", start);
})(window.spaceledger);
