"use strict";
(() => {
  // The contents stand open beside the text where there is room, and folded above it where not.
  const contents = document.getElementById("contents");
  const wide = window.matchMedia("(min-width: 64rem)");
  if (contents) {
    const fit = () => { contents.open = wide.matches; };
    fit();
    wide.addEventListener("change", fit);
    contents.addEventListener("click", (event) => {
      if (!wide.matches && event.target.closest("a")) contents.open = false;
    });
  }

  const button = document.getElementById("all-code");
  const cells = [...document.querySelectorAll("details.code-cell")];
  if (button && cells.length) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = !cells.every((cell) => cell.open);
      for (const cell of cells) cell.open = open;
      button.textContent = open ? "Hide all code" : "Show all code";
    });
  }

  // What an address leads to may stand in a fold, which older browsers leave closed.
  const unfold = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = place?.closest("details:not([open])");
    if (fold) fold.open = true;
    if (fold) place.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  // A long table sorts by its headings and shows the rows that a reader asks for.
  const phone = window.matchMedia("(max-width: 46rem)").matches; // it shows no headings to press
  const make = (name, words = "", set = {}) => Object.assign(document.createElement(name), { textContent: words, ...set });
  const told = (row, place) => row.cells[place].textContent.trim();
  const number = (text) => Number(text.replace(/[,$%\s]/g, "").replace("\u2212", "-") || NaN);
  for (const table of document.querySelectorAll("main .table-box table")) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    const rows = [...table.tBodies[0]?.rows ?? []];
    const isPlain = table.tHead?.rows.length === 1 && rows.every((row) => row.cells.length === heads.length);
    if (rows.length < 20 || !isPlain) continue;
    const sort = (place, down) => {
      const order = (a, b) => {
        const [x, y] = [told(a, place), told(b, place)];
        const [m, n] = [number(x), number(y)];
        return Number.isNaN(m - n) ? x.localeCompare(y) : m - n;
      };
      table.tBodies[0].append(...[...rows].sort((a, b) => (down ? -order(a, b) : order(a, b))));
      heads.forEach((head, at) => {
        if (at === place) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
    };
    const tools = make("div", "", { className: "tools" });
    const count = make("span");
    count.setAttribute("role", "status");
    const asked = [];
    const show = () => {
      for (const row of rows) row.hidden = !asked.every((fits) => fits(row));
      count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
    };
    const offer = (words, control, fits) => {
      const label = make("label", `${words} `);
      label.append(control);
      control.setAttribute("aria-label", words);
      tools.append(label);
      if (fits) asked.push(fits);
      control.addEventListener("input", show);
    };
    const search = make("input", "", { type: "search" });
    offer("Find", search, (row) => row.textContent.toLowerCase().includes(search.value.toLowerCase()));
    const by = make("select");
    by.append(make("option", "as listed", { value: "" }));
    heads.forEach((head, place) => {
      const name = head.textContent.trim() || "row";
      by.append(make("option", name, { value: place }));
      const button = make("button", name, { type: "button" });
      button.addEventListener("click", () => sort(place, head.getAttribute("aria-sort") === "ascending"));
      if (!phone) head.replaceChildren(button);
      const kinds = [...new Set(rows.map((row) => told(row, place)))];
      if (kinds.length < 2 || kinds.length > 14 || kinds.some((kind) => /^\W?\d/.test(kind))) return;
      const only = make("select");
      only.append(make("option", "all", { value: "" }), ...kinds.sort().map((kind) => make("option", kind, { value: kind })));
      offer(name, only, (row) => !only.value || told(row, place) === only.value);
    });
    by.addEventListener("input", () => (by.value ? sort(Number(by.value), false) : table.tBodies[0].append(...rows)));
    offer("Sort by", by);
    tools.append(count);
    table.closest(".table-box").before(tools);
    show();
  }

  // Marks where the reader is in the contents.
  const links = new Map([...document.querySelectorAll(".contents a")]
    .map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const here = (passed.at(-1) || headings[0])?.id;
    for (const [id, link] of links) {
      if (id === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  if (headings.length) {
    document.addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
    mark();
  }
})();
