// What a browser adds to pages that work without it: focus after a swap, forms that send themselves, a kept fold.
"use strict";

document.documentElement.classList.add("js");

function say(id) {
  const said = document.getElementById(id);
  const place = document.getElementById("messages");
  if (said && place) {
    place.replaceChildren(said.content.cloneNode(true));
    place.scrollIntoView({ block: "nearest" });
  }
}

// htmx: what came back must not leave the keyboard nowhere; a refusal or a lost connection is said in words.
document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.detail.target.isConnected ? event.detail.target : event.detail.elt;
  const wanted = place.querySelector("[autofocus], [data-focus]");
  if (wanted) {
    wanted.focus();
    if (wanted.matches("input:not([type=checkbox], [type=radio])")) {
      wanted.select();
    }
  } else if (document.activeElement === document.body) {
    const first = place.matches("[tabindex]") ? place : place.querySelector("a[href], button, input, select, textarea, [tabindex]");
    (first || document.getElementById("main")).focus({ preventScroll: true });
  }
});
// A page that refuses what was sent starts at the first thing that is wrong; a fold that hides it is opened.
const wrong = document.querySelector('main :is([aria-invalid="true"], .is-invalid, [role="alert"][data-focus])');
if (wrong && document.activeElement === document.body) {
  const fold = wrong.closest("details:not([open])");
  if (fold) {
    fold.open = true;
  }
  wrong.focus();
}
document.addEventListener("htmx:sendError", () => say("said-no-connection"));
document.addEventListener("htmx:timeout", () => say("said-no-connection"));
document.addEventListener("htmx:responseError", () => say("said-refused"));
document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr;
  if (answer.status !== 200 || event.detail.boosted || !/^\s*<!doctype html/i.test(answer.response)) {
    return;
  }
  // a whole page where a part was asked for: the deed led to another page, or the session ended
  event.detail.shouldSwap = false;
  const there = new URL(answer.responseURL, window.location.href);
  if (there.pathname.startsWith(document.body.dataset.login)) {
    window.location.reload();
  } else {
    window.location.assign(there);
  }
});

// A field or form with data-autosubmit is sent when it changes; its own button is hidden by CSS.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]") && event.target.form) {
    event.target.form.requestSubmit();
  }
});

// A file that is too large is refused before it is sent; the server refuses it as well.
document.addEventListener("change", (event) => {
  const place = event.target.closest("[data-most]");
  if (place && event.target.files) {
    const isLarge = [...event.target.files].some((file) => file.size > Number(place.dataset.most));
    event.target.setCustomValidity(isLarge ? place.dataset.tooLarge : "");
    event.target.reportValidity();
  }
});
document.addEventListener("submit", (event) => {
  const chosen = event.target.querySelector("[data-most] input[type=file]");
  if (chosen && chosen.validity.customError) {
    event.preventDefault();
    chosen.reportValidity();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  const row = event.target.closest(".editing, [data-editing]");
  const keep = row && (row.querySelector("[data-keep]") || row.nextElementSibling?.querySelector("[data-keep]"));
  const menu = event.target.closest("details.menu[open]");
  if (keep) {
    keep.click();
  } else if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
});

// Tabs that do not fit are scrolled to the one that is open.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A fold with data-remember stays as it was left, in this browser.
for (const fold of document.querySelectorAll("details[data-remember]")) {
  const name = `mdeprep-${fold.dataset.remember}`;
  try {
    if (localStorage.getItem(name) === "shut") {
      fold.open = false;
    }
    fold.addEventListener("toggle", () => localStorage.setItem(name, fold.open ? "open" : "shut"));
  } catch {
    break; // storage is refused: folds open as served
  }
}

// A link within the page unfolds what it leads to.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const fold = link && document.getElementById(link.hash.slice(1));
  if (fold instanceof HTMLDetailsElement) {
    fold.open = true;
  }
});

// A printing button needs script, so it is served hidden. Sections that are folded are printed too: each is unfolded, and
// fetched where it is not here yet.
const SECONDS_TO_FETCH = 5;
async function unfolded() {
  const folds = [...document.querySelectorAll("details[id^='whole-']:not([open])")];
  const fetched = folds
    .filter((fold) => fold.querySelector("[hx-get]"))
    .map((fold) => new Promise((done) => fold.addEventListener("htmx:afterSettle", done, { once: true })));
  for (const fold of folds) {
    fold.open = true;
  }
  await Promise.race([Promise.all(fetched), new Promise((done) => setTimeout(done, SECONDS_TO_FETCH * 1000))]);
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => unfolded().then(() => window.print()));
}

// "Opened" means that a signed-in person saw the page: posted from here, once it is visible.
function opened() {
  if (document.visibilityState !== "visible") {
    return;
  }
  document.removeEventListener("visibilitychange", opened);
  for (const form of document.querySelectorAll("form[data-opened]")) {
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" }).catch(() => {});
  }
}
document.addEventListener("visibilitychange", opened);
opened();
