/* Keys and a sign of activity for the approval queue. A convenience: everything works with mouse, Tab and without it. */
"use strict";

const byId = (id) => document.getElementById(id);
const draft = byId("entwurf");
const edit = byId("do-b");
if (edit) {
  edit.hidden = false;
  edit.addEventListener("click", startEditing);
}

/* Into the reply; the first unfilled place is selected, so that typing fills it. */
function startEditing() {
  draft.focus();
  // The bar of buttons sticks to the lower edge and may lie over the reply, which the browser takes for seen.
  const bar = document.querySelector(".actions");
  if (bar && draft.getBoundingClientRect().bottom > bar.getBoundingClientRect().top)
    draft.scrollIntoView({ block: "center" });
  const place = /\[[^\]\n]+\]/.exec(draft.value);
  if (place) draft.setSelectionRange(place.index, place.index + place[0].length);
}

/* Where the focus rests between two decisions: a screen reader reads the case from there, and the keys work. */
const rest = byId("vorgang") || byId("h-leer");
function goToRest() {
  rest?.focus({ preventScroll: true });
}
/* After a decision, and on the way through the list, the focus waits at the case and not at the top of the page. */
if (!document.querySelector(".errors[role=alert]") && (location.hash === "#vorgang" || document.querySelector("[data-said]"))) goToRest();

let before = null;
function openPopover(summary) {
  const pop = summary.closest("details");
  pop.open = !pop.open;
  if (!pop.open) {
    (before?.isConnected ? before : summary).focus();
    return;
  }
  before = document.activeElement === document.body ? rest : document.activeElement;
  pop.querySelector("[data-first], input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
}

function moveTo(step) {
  const links = [...document.querySelectorAll(".list a")];
  const current = links.findIndex((link) => link.getAttribute("aria-current"));
  const next = links[current + step];
  if (next) next.click();
}

const ACTIONS = {
  f: () => byId("do-f")?.click(),
  Enter: () => byId("do-f")?.click(),
  b: () => edit && startEditing(),
  a: () => byId("do-a") && openPopover(byId("do-a")),
  z: () => byId("do-z") && openPopover(byId("do-z")),
  u: () => byId("do-u")?.click(),
  j: () => moveTo(1),
  k: () => moveTo(-1),
  "?": () => openPopover(document.querySelector("details.keys > summary")),
};

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.key === "Escape") {
    if (target.matches("input, select, textarea") && target.closest(".case") && !target.closest("details.pop")) goToRest();
    return;
  }
  if (!byId("keys")?.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (target.closest("input, select, textarea, [contenteditable]")) return;
  // Enter approves only when nothing but the case has the focus: on a button or link it does what it always does.
  if (event.key === "Enter" && target !== document.body && target !== rest) return;
  const act = ACTIONS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/* The switch works at once and is remembered by the server. */
byId("keys")?.addEventListener("change", (event) => {
  const form = event.target.form;
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
});

/* At most every 20 seconds, and only when somebody did something: handling time is the same rule for both arms. */
const SIGNAL_EVERY = 20000;
const address = document.querySelector("[data-signal]")?.dataset.signal;
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
let lastSignal = 0;
function signal() {
  const now = Date.now();
  if (!address || document.hidden || now - lastSignal < SIGNAL_EVERY) return;
  lastSignal = now;
  fetch(address, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
}
for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "scroll", "touchstart"]) {
  document.addEventListener(kind, signal, { passive: true });
}
signal();
