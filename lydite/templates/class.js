// Sorts the tables of the page by a column, and filters their rows by words; without it, the page is complete.
"use strict";
for (const table of document.querySelectorAll("table.sorted")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const found = document.createElement("p");
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = "filter";
  filter.setAttribute("aria-label", `filter the rows: ${table.getAttribute("aria-label")}`);
  found.className = "filter";
  found.append(filter);
  (table.closest(".scroll") ?? table).before(found);
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  });
  const order = new Intl.Collator("en", { numeric: true });
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].textContent.trim();
      const number = (text) => (/^-?[\d.]+$/.test(text) ? Number(text) : NaN);
      const compare = (a, b) => (isNaN(number(a) - number(b)) ? order.compare(a, b) : number(a) - number(b));
      rows.sort((a, b) => (down ? -1 : 1) * compare(key(a), key(b)));
      body.append(...rows);
    });
  });
}
