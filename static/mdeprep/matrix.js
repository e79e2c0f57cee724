// The matrix of permissions: arrow keys move between its cells, and what a permission means stands below it.
// Without script every cell is a checkbox that Tab reaches.
"use strict";

for (const matrix of document.querySelectorAll("[data-matrix]")) {
  const explain = document.querySelector("[data-explain]");
  let here = "";

  const cells = () => [...matrix.querySelectorAll("tbody tr")].map((line) => [...line.querySelectorAll("input[type=checkbox]")]).filter((line) => line.length);

  // One cell is reached by Tab: the one where the keyboard was last.
  function rove(cell) {
    for (const each of matrix.querySelectorAll("input[type=checkbox]")) {
      each.tabIndex = each === cell ? 0 : -1;
    }
  }

  function show(place) {
    const number = place && place.dataset.column;
    for (const head of matrix.querySelectorAll("thead [data-column]")) {
      head.classList.toggle("is-here", head.dataset.column === number);
    }
    const about = number && document.getElementById(`about-${number}`);
    if (!about || !explain) {
      return;
    }
    const name = document.createElement("b");
    name.textContent = about.querySelector("dt").textContent;
    const said = [...about.querySelector("dd").childNodes].map((node) => node.textContent.trim()).filter(Boolean);
    const says = place.querySelector(".matrix-says");
    const mark = document.createElement("span");
    mark.className = "matrix-explain-says";
    const row = place.closest("tr").querySelector("th[scope=row]");
    mark.textContent = says ? `${row.firstChild.textContent.trim()}: ${says.textContent.trim()}` : "";
    explain.replaceChildren(name, ` ${said.join(" ")} `, mark);
  }

  function move(cell, event) {
    const lines = cells();
    const row = lines.findIndex((line) => line.includes(cell));
    const column = lines[row].indexOf(cell);
    const to = {
      ArrowRight: () => lines[row][column + 1],
      ArrowLeft: () => lines[row][column - 1],
      ArrowDown: () => lines[row + 1] && lines[row + 1][column],
      ArrowUp: () => lines[row - 1] && lines[row - 1][column],
      Home: () => (event.ctrlKey ? lines[0][0] : lines[row][0]),
      End: () => (event.ctrlKey ? lines.at(-1).at(-1) : lines[row].at(-1)),
    }[event.key];
    if (!to || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    const next = to();
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  matrix.addEventListener("keydown", (event) => {
    if (event.target.matches("input[type=checkbox]")) {
      move(event.target, event);
    }
  });
  matrix.addEventListener("focusin", (event) => {
    if (event.target.matches("input[type=checkbox]")) {
      here = event.target.id;
      rove(event.target);
      show(event.target.closest("td"));
    }
  });
  matrix.addEventListener("mouseover", (event) => show(event.target.closest("[data-column]")));
  matrix.addEventListener("mouseleave", () => show(document.activeElement.closest("[data-matrix] [data-column]")));
  matrix.addEventListener("htmx:afterSettle", () => {
    const cell = document.getElementById(here) || matrix.querySelector("input[type=checkbox]");
    rove(cell);
    if (cell === document.activeElement) {
      show(cell.closest("td"));
    }
  });
  rove(matrix.querySelector("input[type=checkbox]"));

  // A cell that is replaced between press and release takes no tick: marks that come just then are asked for again.
  let isPressed = false, isLate = false;
  const press = () => { isPressed = true; };
  const release = () => {
    isPressed = false;
    if (isLate) {
      isLate = false;
      matrix.dispatchEvent(new Event("change"));
    }
  };
  for (const [name, deed] of [["keydown", press], ["pointerdown", press], ["keyup", release], ["pointerup", release], ["pointercancel", release]]) {
    document.addEventListener(name, deed);
  }
  window.addEventListener("blur", release);
  matrix.addEventListener("htmx:beforeSwap", (event) => {
    if (isPressed) {
      event.detail.shouldSwap = false;
      isLate = true;
    }
  });

  // Ticks that are not saved are not lost by a link: the browser asks first. The form itself may go.
  const form = matrix.closest("form");
  let isSent = false;
  const isUnsaved = () => [...form.querySelectorAll("[name=tier]")].some((tier) => {
    const was = form.querySelector(`[name="was-${CSS.escape(tier.value)}"]`).value.split(" ").filter(Boolean);
    const now = [...form.querySelectorAll(`[name="may-${CSS.escape(tier.value)}"]:checked`)].map((cell) => cell.value);
    return was.length !== now.length || now.some((key) => !was.includes(key));
  });
  form.addEventListener("submit", () => { isSent = true; });
  window.addEventListener("pageshow", () => { isSent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && isUnsaved()) {
      event.preventDefault();
    }
  });
}
