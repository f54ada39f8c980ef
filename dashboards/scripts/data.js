// Rows of the ledger: files beside the pages put them here, panels filter and add them up.
"use strict";
(function (own) {
  const { parse } = own.values;
  const files = new Map(); // "name" or "name/shard" -> table
  const waiting = new Map();
  own.shards = own.shards || {};
  own.root = document.documentElement.dataset.root || "";

  // Called by every data file; `raw` is what reports/encode.py writes.
  own.put = function (name, shard, raw) {
    files.set(shard ? name + "/" + shard : name, table(raw));
  };

  // A table reads its columns when they are asked for, and keeps them.
  function table(raw) {
    const kept = {};
    function column(name) {
      if (!(name in kept)) kept[name] = decoded(raw.columns[name], raw.rows, column);
      return kept[name];
    }
    const names = Object.keys(raw.columns);
    return { rows: raw.rows, names, has: (name) => Boolean(raw.columns[name]), column };
  }

  function decoded(made, rows, column) {
    if (!made) return new Array(rows).fill(null);
    if ("same" in made) return column(made.same);
    if ("d" in made) return rows ? made.d.split(",").map(parse) : [];
    if ("n" in made || "nr" in made) return spread(made.n, made.nr, rows);
    if ("s" in made || "sr" in made) {
      const spaces = own.spaces();
      return spread(made.s, made.sr, rows).map((place) => (place < 0 ? null : spaces[place] || null));
    }
    const places = spread("i" in made ? made.i : 0, made.r, rows);
    return places.map((place) => (place < 0 ? null : made.t[place]));
  }

  // Values one by one, one for all rows, or runs of value and count.
  function spread(values, runs, rows) {
    if (!runs) return Array.isArray(values) ? values : new Array(rows).fill(values);
    const found = [];
    for (let at = 0; at < runs.length; at += 2) for (let many = runs[at + 1]; many > 0; many--) found.push(runs[at]);
    return found;
  }

  function union(tables) {
    if (tables.length === 1) return tables[0];
    const kept = {};
    return {
      rows: tables.reduce((sum, each) => sum + each.rows, 0),
      names: tables.length ? tables[0].names : [],
      has: (name) => tables.some((each) => each.has(name)),
      column(name) {
        if (!(name in kept)) kept[name] = [].concat(...tables.map((each) => each.column(name)));
        return kept[name];
      },
    };
  }

  own.union = union;

  function loaded(key, path) {
    if (files.has(key)) return Promise.resolve();
    if (!waiting.has(key)) waiting.set(key, own.script(path));
    return waiting.get(key);
  }

  // A script of this report, by its path below the report's folder.
  own.script = function (path) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = own.root + path.split("/").map(encodeURIComponent).join("/");
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () =>
        reject(new Error("the file " + path + " is missing: keep the whole folder of the report together")),
      );
      document.head.append(script);
    });
  };

  // The rows of a dataset; of one that is cut into shards, those of the named ones that exist.
  own.rows = async function (name, wanted) {
    const shards = own.shards[name];
    // A space's own rows came with its page, or there are none.
    if (own.ofSpaces.includes(name)) return own.ofSpace(name);
    const keys = shards ? shards.filter((shard) => !wanted || wanted(shard)).map((s) => name + "/" + s) : [name];
    await Promise.all(keys.map((key) => loaded(key, "data/" + key + ".js")));
    return union(keys.map((key) => files.get(key) || table({ rows: 0, columns: {} })));
  };
  own.ofSpace = (name) =>
    files.get(own.isSingle ? name + "/" + own.pageSpace : name) || table({ rows: 0, columns: {} });
  own.first = (name) => files.get(name);

  let everySpace = null;
  // Every known space as a record, in the order that datasets name them by.
  own.spaces = function () {
    const rows = files.get("spaces");
    if (everySpace === null) everySpace = rows ? own.records(rows) : [];
    return everySpace;
  };

  own.records = function (rows, chosen) {
    return (chosen || [...Array(rows.rows).keys()]).map((row) =>
      Object.fromEntries(rows.names.map((name) => [name, rows.column(name)[row]])),
    );
  };

  // Which filters act on a table: what it knows of each row decides.
  const DAYS = ["usage_date", "activity_date"];
  function dayOf(rows) {
    return DAYS.find(rows.has) || null;
  }
  own.acts = {
    dates: (rows) => dayOf(rows) !== null || rows.has("billing_period"),
    account: (rows) => rows.has("account_id") || rows.has("space_arn"),
    domain: (rows) => rows.has("domain_arn") || rows.has("space_arn"),
    team: (rows) => rows.has("space_arn") || rows.has("team"),
    space: (rows) => rows.has("space_arn"),
    show: (rows) => rows.has("space_arn"),
    measure: (rows) => own.MEASURES.some(rows.has),
    currency: (rows) => rows.has("billing_currency"),
  };

  // Some panels are about cost of no space too: for them it stands with the shared spaces, and with all.
  own.beyond = (view) => Object.assign({}, view, { beyond: true });
  function passes(space, view) {
    if (view.show !== "all") {
      if (space === null && (!view.beyond || view.show === "private")) return false;
      if (space === null) return !view.team && !view.space;
      if (view.show === "shared" && space.sharing_type !== "Shared") return false;
      if (view.show === "private" && space.sharing_type !== "Private") return false;
    }
    if (view.team && (space === null || space.team !== view.team)) return false;
    if (view.space && (space === null || space.page !== view.space)) return false;
    return true;
  }

  own.passes = passes;

  // The row numbers that a view shows; `from` and `to` may differ from the view's own.
  own.select = function (rows, view, from = view.from, to = view.to) {
    const tests = [];
    const day = dayOf(rows);
    if (day) {
      const days = rows.column(day);
      tests.push((row) => days[row] >= from && days[row] <= to);
    } else if (rows.has("billing_period")) {
      const periods = rows.column("billing_period");
      tests.push((row) => periods[row] >= from.slice(0, 7) && periods[row] <= to.slice(0, 7));
    }
    if (rows.has("billing_currency")) {
      const currencies = rows.column("billing_currency");
      tests.push((row) => currencies[row] === view.currency);
    }
    const places = rows.has("space_arn") ? rows.column("space_arn") : null;
    for (const [filter, column] of [
      ["account", "account_id"],
      ["domain", "domain_arn"],
    ]) {
      if (!view[filter]) continue;
      const values = rows.has(column) ? rows.column(column) : null;
      if (values) tests.push((row) => values[row] === view[filter]);
      else if (places) tests.push((row) => places[row] !== null && places[row][column] === view[filter]);
    }
    if (places) {
      const known = new Map();
      tests.push((row) => {
        const space = places[row];
        if (!known.has(space)) known.set(space, passes(space, view));
        return known.get(space);
      });
    } else {
      if (view.team && rows.has("team")) tests.push((row) => rows.column("team")[row] === view.team);
      if (["shared", "private"].includes(view.show) && rows.has("sharing_type")) {
        tests.push((row) => rows.column("sharing_type")[row].toLowerCase() === view.show);
      }
    }
    const chosen = [];
    for (let row = 0; row < rows.rows; row++) if (tests.every((test) => test(row))) chosen.push(row);
    return chosen;
  };

  // The exact sum of a column over rows; null where none has a value.
  own.sum = function (rows, chosen, name) {
    const values = rows.column(name);
    let sum = null;
    for (const row of chosen) if (values[row] !== null) sum = sum === null ? values[row] : sum + values[row];
    return sum;
  };

  // Groups of rows by what `key` gives for each, in the order they come.
  own.groups = function (chosen, key) {
    const found = new Map();
    for (const row of chosen) {
      const value = key(row);
      if (!found.has(value)) found.set(value, []);
      found.get(value).push(row);
    }
    return found;
  };

  own.MEASURES = ["effective_cost", "billed_cost", "amortized_cost", "list_cost"];
})(window.spaceledger);
