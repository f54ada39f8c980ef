// The filters: one view for a whole page, kept in the address so that it can be sent to a colleague.
"use strict";
(function (own) {
  const { month, visible } = own.values;
  const FILTERS = ["from", "to", "show", "account", "domain", "team", "space", "measure", "currency"];
  const OF_MANY = ["show", "account", "domain", "team", "space"];
  const SHOWN = {
    shared: "Shared spaces",
    private: "Private spaces",
    spaces: "All spaces",
    all: "All SageMaker cost",
  };
  const NAMES = {
    dates: "dates",
    account: "account",
    domain: "domain",
    team: "team",
    space: "space",
    show: "shared or private",
    measure: "cost measure",
    currency: "currency",
  };

  const lastOf = (period) => {
    const [year, number] = period.split("-").map(Number);
    return period + "-" + String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, "0");
  };
  const before = (period, months = 1) => {
    const [year, number] = period.split("-").map(Number);
    return new Date(Date.UTC(year, number - 1 - months, 1)).toISOString().slice(0, 7);
  };

  function defaults() {
    const build = own.build;
    return {
      from: build.shown_from || "",
      to: build.shown_to || "",
      show: build.show_spaces === "all" ? "spaces" : "shared",
      account: "",
      domain: "",
      team: "",
      space: "",
      measure: build.cost_metric,
      currency: own.currencies[0] || "",
    };
  }

  // A day that there is.
  function isDay(text) {
    const day = new Date(text + "T00:00:00Z");
    return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
  }

  // What the address says, held against what there is; anything else in it is an option of a panel.
  function read(hash) {
    const given = new URLSearchParams(hash.replace(/^#/, ""));
    const usual = defaults();
    const view = Object.assign(defaults(), { options: Object.create(null), unknown: [], carried: {} });
    for (const [key, value] of given) {
      if (key === "page" || key === "is") continue;
      if (FILTERS.includes(key)) view[key] = value;
      else view.options[key] = value;
    }
    if (view.domain) view.domain = own.domains().find((arn) => arn.endsWith("/" + view.domain)) || " ";
    const knows = (key) => (value) => value === "" || own.spaces().some((space) => space[key] === value);
    const fits = {
      from: isDay,
      to: isDay,
      show: (value) => Object.hasOwn(SHOWN, value),
      measure: (value) => own.MEASURES.includes(value),
      currency: (value) => own.currencies.includes(value),
      account: knows("account_id"),
      team: knows("team"),
      space: knows("page"),
      domain: (value) => value !== " ",
    };
    for (const key of OF_MANY) {
      if (own.pageSpace) {
        // A page of one space shows it whole; what its links lead to is narrowed as before.
        view.carried[key] = key === "domain" && view.domain === " " ? "" : view[key];
        view[key] = { show: "all", space: own.pageSpace }[key] || "";
        delete fits[key];
      }
    }
    for (const key of Object.keys(fits)) {
      if (fits[key](view[key])) continue;
      if (given.has(key)) view.unknown.push(NAMES[key] || "dates");
      view[key] = usual[key];
    }
    if (view.from > view.to) [view.from, view.to] = [view.to, view.from];
    const [from, to] = [view.from, view.to];
    // Before the days that are known day by day a range begins with its month.
    if (view.from && own.build.daily_from && view.from < own.build.daily_from) view.from = view.from.slice(0, 8) + "01";
    if (view.to && own.build.daily_from && view.to < own.build.daily_from) view.to = lastOf(view.to.slice(0, 7));
    view.isWidened = from !== view.from || to !== view.to;
    return view;
  }

  function write(view) {
    const usual = defaults();
    const given = new URLSearchParams();
    const told = Object.assign({}, view, view.carried);
    for (const key of FILTERS) {
      if (told[key] !== usual[key]) given.set(key, key === "domain" ? told[key].split("/").pop() : told[key]);
    }
    for (const [key, value] of Object.entries(view.options)) if (value !== "") given.set(key, value);
    return given.toString();
  }

  function presets() {
    const to = own.build.shown_to;
    if (!to) return [];
    const now = to.slice(0, 7);
    return [
      ["Last 92 days", own.build.shown_from, to],
      [month(now) + " so far", now + "-01", to],
      [month(before(now)), before(now) + "-01", lastOf(before(now))],
      ["The last three months", before(now, 3) + "-01", lastOf(before(now))],
      [now.slice(0, 4), now.slice(0, 4) + "-01-01", to],
      ["Everything", own.build.first_day, to],
    ];
  }

  own.domains = () =>
    [...new Set([...own.spaces().map((space) => space.domain_arn), ...own.otherDomains])].filter(Boolean).sort();
  own.domainTitle = function (arn) {
    const known = own.spaces().find((space) => space.domain_arn === arn && space.domain_title);
    return (
      (known && known.domain_title) ||
      String(arn || "")
        .split("/")
        .pop() ||
      "no domain"
    );
  };

  function option(value, text, chosen) {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = visible(text);
    made.selected = value === chosen;
    return made;
  }

  function choices(view) {
    const spaces = own.spaces().filter((space) => space.page);
    const distinct = (key) => [...new Set(spaces.map((space) => space[key]).filter(Boolean))].sort();
    const places = presets();
    const dated = places.findIndex(([, from, to]) => from === view.from && to === view.to);
    return {
      preset: [
        dated < 0 ? [["", view.from + " to " + view.to]] : [],
        places.map(([name], at) => [String(at), name]),
      ].flat(),
      show: Object.entries(SHOWN).map(([value, text]) => [value, text.replace("SageMaker ", "")]),
      account: [["", "All accounts"], ...distinct("account_id").map((id) => [id, id])],
      domain: [["", "All domains"], ...own.domains().map((arn) => [arn, own.domainTitle(arn)])],
      team: [["", "All teams"], ...distinct("team").map((team) => [team, team])],
      space: [
        ["", "All spaces"],
        ...spaces
          .map((space) => [space.page, space.title + " (" + space.domain_title + ")"])
          .sort((one, other) => (one[1] < other[1] ? -1 : 1)),
      ],
      measure: own.MEASURES.map((name) => [name, own.words.measures[name][0]]),
      currency: own.currencies.map((name) => [name, name]),
      chosen: Object.assign({}, view, { preset: dated < 0 ? "" : String(dated) }),
    };
  }

  // Fills the bar; its fields change the view.
  function fill(form, view, change) {
    const found = choices(view);
    for (const select of form.querySelectorAll("select")) {
      const options = found[select.name];
      select.replaceChildren(...options.map(([value, text]) => option(value, text, found.chosen[select.name])));
      const isFixed = Boolean(own.pageSpace) && OF_MANY.includes(select.name);
      select.closest("label").hidden = isFixed || (select.name === "currency" && options.length < 2);
    }
    for (const name of ["from", "to"]) form.elements[name].value = view[name];
    form.onsubmit = (event) => event.preventDefault();
    form.onchange = (event) => {
      const { name, value } = event.target;
      if (name === "preset") {
        const [, from, to] = presets()[Number(value)];
        change({ from, to });
      } else if ((name === "from" || name === "to") && !value) fill(form, view, change);
      else change({ [name]: value });
    };
    form.onreset = (event) => {
      event.preventDefault();
      change(null);
    };
  }

  // The active filters that do not act on any of the rows a panel shows, in words.
  function idle(view, tables) {
    const usual = defaults();
    const active = {
      dates: view.from !== usual.from || view.to !== usual.to,
      account: view.account,
      domain: view.domain,
      team: view.team,
      space: !own.pageSpace && view.space,
      show: false,
      measure: view.measure !== usual.measure,
      currency: false,
    };
    return Object.keys(active)
      .filter((key) => active[key] && !tables.some((rows) => own.acts[key](rows)))
      .map((key) => NAMES[key]);
  }

  own.filters = { read, write, fill, idle, lastOf, before, SHOWN, defaults };
})(window.spaceledger);
