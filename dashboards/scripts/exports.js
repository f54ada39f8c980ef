// What is shown of a table, as CSV or Excel: written by DataTables' buttons, with cells made here.
"use strict";
window.spaceledger = window.spaceledger || {};
(function (own) {
  const { cells, values } = own;
  // Looks that DataTables' workbook comes with: 1,234.56; 1,234; 12.3%.
  const LOOKS = { money: "64", count: "63", share: "60", change: "60" };
  // A spreadsheet runs what begins like this; the wide forms too, in some languages.
  const FORMULA = /^\s*[=+\-@＝＋－＠]/;

  // Text that no spreadsheet runs. XML has no place for U+FFFE and U+FFFF.
  function inert(text) {
    const seen = values.visible(text).replace(/[\ufffe\uffff]/g, "\ufffd");
    return FORMULA.test(seen) ? "'" + seen : seen;
  }

  // In Excel, a string that looks like a number would become one, and a long ID lose digits; an object does not.
  const kept = (text) => (text === "" ? "" : { toString: () => text });

  function exported(column, cell, isExcel) {
    if (cell === null || cell === undefined) return "";
    if (typeof cell === "bigint") return values.plain(cell);
    if (typeof cell === "number") return cell;
    const text = inert(typeof cell === "object" ? cell.plain || cell.text : cell);
    return isExcel && column.kind !== "date" ? kept(text) : text;
  }

  // An ARN gets a column of its own: a name alone does not say which space it is.
  function columnsOf(table) {
    const columns = [];
    table.columns.forEach((column, index) => {
      columns.push({ ...column, title: cells.title(column), cell: (row) => row[index] });
      const detail = (row) => (row[index] && row[index].detail) || null;
      const under = (row) => (row[index] && row[index].under) || null;
      if (table.rows.some(detail)) columns.push({ kind: "text", title: column.label + " ARN", cell: detail });
      if (table.rows.some(under)) columns.push({ kind: "text", title: column.label + ", more", cell: under });
    });
    return columns;
  }

  function sheet(columns, rows, isExcel) {
    const titles = columns.map((column) => inert(column.title));
    const heads = titles.map((title) => ({ title: isExcel ? kept(title) : title, colSpan: 1, rowSpan: 1 }));
    return {
      header: titles,
      headerStructure: [heads],
      footer: null,
      footerStructure: [],
      body: rows.map((row) => columns.map((column) => exported(column, column.cell(row), isExcel))),
    };
  }

  // "AB12" as 27.
  const place = (reference) =>
    Array.from(reference.replace(/\d+/, "")).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

  function dress(workbook, columns) {
    for (const cell of workbook.xl.worksheets["sheet1.xml"].getElementsByTagName("c")) {
      const look = LOOKS[columns[place(cell.getAttribute("r"))].kind];
      if (look && cell.getAttribute("t") !== "inlineStr") cell.setAttribute("s", look);
    }
  }

  // The total stays out: whoever adds up the column would count everything twice.
  function button(api, table, type) {
    const columns = columnsOf(table);
    const isExcel = type === "excel";
    const same = (value) => value;
    const rows = () => api.rows({ search: "applied", order: "applied" }).data().toArray();
    return {
      name: type,
      extend: isExcel ? "excelHtml5" : "csvHtml5",
      filename: table.file || table.name,
      sheetName: (table.title || table.name).slice(0, 31),
      title: null,
      messageTop: null,
      messageBottom: null,
      footer: false,
      bom: true,
      newline: "\r\n",
      exportOptions: {
        orthogonal: "export",
        format: { header: same, body: same, footer: same },
        customizeData: (data) => Object.assign(data, sheet(columns, rows(), isExcel)),
      },
      customize: (result) => (isExcel ? dress(result, columns) : result),
    };
  }

  // Once for each table in the library's hands; the buttons themselves are on no page, ours press them.
  function attach(api, table) {
    new own.DataTable.Buttons(api, { buttons: [button(api, table, "csv"), button(api, table, "excel")] });
  }
  const save = (api, type) => api.button(type + ":name").trigger();

  own.exports = { attach, save };
})(window.spaceledger);
