// Files that were taken in, and what was wrong with them.

import { get } from "./api.js";
import { badge, h, name, quote } from "./dom.js";
import { count, counted, instant, relative } from "./format.js";
import { nothing, table } from "./table.js";
import { fileStates } from "./words.js";

function stateCell(file) {
  const [tone, meaning] = fileStates[file.state] ?? ["plain", ""];
  return [badge(file.state, tone), h.span({ class: "note" }, ` ${meaning}`)];
}

function problems(file) {
  const said = [
    file.rows_failed > 0 && `${counted(file.rows_failed, "row")} could not be read`,
    file.quarantined > 0 &&
      `${counted(file.quarantined, "person was", "people were")} in it more than once`,
  ]
    .filter(Boolean)
    .join("; ");
  if (said === "" && !file.reason) return "";
  return [
    said,
    said !== "" && file.reason && ". ",
    file.reason && quote(file.reason),
    file.state === "held" &&
      h.span({ class: "remedy" }, "If the file is right: rosterd import FILE --approve-missing."),
  ];
}

const changes = (file) =>
  [
    file.joined > 0 && `${count(file.joined)} joined`,
    file.changed > 0 && `${count(file.changed)} changed`,
    file.left > 0 && `${count(file.left)} left`,
    file.unchanged > 0 && `${count(file.unchanged)} unchanged`,
  ]
    .filter(Boolean)
    .join(", ");

export const files = {
  title: "Files",
  seconds: 10,
  load: async () => (await get("files", { limit: 100 })).files,
  render(rows, place, app) {
    return [
      h.h1({ tabindex: "-1" }, "Files"),
      rows.length === 0
        ? nothing("No file has been taken in yet.")
        : table({
            id: "files",
            caption: "Files, newest first",
            rows,
            redraw: app.redraw,
            key: (file) => file.id,
            columns: [
              {
                key: "file",
                title: "File",
                header: true,
                class: "wide",
                sort: (file) => file.file,
                cell: (file) => [
                  name(file.file),
                  h.span({ class: "from" }, " of ", name(file.source)),
                ],
              },
              {
                key: "state",
                title: "State",
                class: "wide",
                sort: (file) => file.state,
                cell: stateCell,
              },
              {
                key: "taken",
                title: "Taken",
                class: "time",
                sort: (file) => Date.parse(file.taken_at),
                cell: (file) => [
                  instant(file.taken_at),
                  h.span({ class: "note" }, " ", relative(file.taken_at)),
                ],
              },
              {
                key: "rows",
                title: "Rows",
                class: "number",
                sort: (file) => file.rows,
                cell: (file) => count(file.rows),
              },
              {
                key: "failed",
                title: "Failed",
                class: "number",
                sort: (file) => file.rows_failed,
                cell: (file) =>
                  file.rows_failed > 0 ? badge(count(file.rows_failed), "careful") : "0",
              },
              { key: "people", title: "People", class: "wide", cell: changes },
              { key: "problems", title: "What was wrong", class: "reason", cell: problems },
            ],
          }),
    ];
  },
};
