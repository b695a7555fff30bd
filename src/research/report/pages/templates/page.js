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

  // A finding that an address leads to may stand in a fold, which older browsers leave closed.
  const unfold = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = place?.closest("details:not([open])");
    if (!fold) return;
    fold.open = true;
    place.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();

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
