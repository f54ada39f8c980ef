// What is shown of a table, as CSV or Excel: written by DataTables' buttons, with cells made here.
"use strict";
window.spaceledger = window.spaceledger || {};
(function (own) {
  const values = own.values;
  const EXTENDS = { csv: "csvHtml5", excel: "excelHtml5" };
  // Built-in looks of DataTables' workbook: 1,234.56; 1,234; 12.3%.
  const LOOKS = { money: "64", count: "63", share: "60", change: "60" };
  // A spreadsheet runs what begins like this; the wide forms too, in some languages.
  const FORMULA = /^\s*[=+\-@＝＋－＠]/;

  // Text that no spreadsheet runs. XML has no place for U+FFFE and U+FFFF.
  function inert(text) {
    const seen = values.visible(text).replace(/[\ufffe\uffff]/g, "\ufffd");
    return FORMULA.test(seen) ? "'" + seen : seen;
  }

  // A string that looks like a number or a date would become one, and a long account ID lose digits; an object does not.
  const kept = (text) => (text === "" ? "" : { toString: () => text });

  function exported(column, cell, type) {
    if (cell === null || cell === undefined) return "";
    if (typeof cell === "bigint") return values.plain(cell);
    if (typeof cell === "number") return cell;
    const text = inert(typeof cell === "object" ? cell.text : cell);
    return type === "excel" && column.kind !== "date" ? kept(text) : text;
  }

  // An ARN gets a column of its own: a name alone says not which space it is.
  function sheet(table, rows, type) {
    const columns = [];
    table.columns.forEach((column, index) => {
      columns.push({ title: own.title(column), look: LOOKS[column.kind], cell: (row) => exported(column, row[index], type) });
      if (!table.rows.some((row) => row[index] && row[index].detail)) return;
      const detail = (row) => (row[index] && row[index].detail) || null;
      columns.push({ title: column.label + " ARN", cell: (row) => exported({ kind: "text" }, detail(row), type) });
    });
    const titles = columns.map((column) => inert(column.title));
    return {
      looks: columns.map((column) => column.look),
      header: titles,
      headerStructure: [titles.map((title) => ({ title: type === "excel" ? kept(title) : title, colSpan: 1, rowSpan: 1 }))],
      footer: null,
      footerStructure: [],
      body: rows.map((row) => columns.map((column) => column.cell(row))),
    };
  }

  // "AB12" as 27.
  const place = (reference) =>
    Array.from(reference.replace(/\d+/, "")).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

  function dress(workbook, looks) {
    for (const cell of workbook.xl.worksheets["sheet1.xml"].getElementsByTagName("c")) {
      const look = looks[place(cell.getAttribute("r"))];
      if (look && cell.getAttribute("t") !== "inlineStr") cell.setAttribute("s", look);
    }
  }

  // The total stays out: whoever adds up the column would count everything twice.
  function save(api, table, type) {
    const made = sheet(table, api.rows({ search: "applied", order: "applied" }).data().toArray(), type);
    const same = (value) => value;
    const buttons = new own.DataTable.Buttons(api, {
      name: type,
      buttons: [
        {
          extend: EXTENDS[type],
          filename: table.name,
          title: null,
          messageTop: null,
          messageBottom: null,
          footer: false,
          bom: true,
          newline: "\r\n",
          exportOptions: {
            orthogonal: "export",
            format: { header: same, body: same, footer: same },
            customizeData: (data) => Object.assign(data, made),
          },
          // Both kinds call this: a text passes through.
          customize: (result) => (type === "excel" ? dress(result, made.looks) : result),
        },
      ],
    });
    api.button(type, 0).trigger();
    return buttons;
  }

  own.exports = { save };
})(window.spaceledger);
