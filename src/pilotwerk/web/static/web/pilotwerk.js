/* Small conveniences for every page. Nothing here carries content or a decision: all works without it. */
"use strict";

// Escape closes open popovers and gives the focus back to their button; a click elsewhere closes them too.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const pop of document.querySelectorAll("details.pop[open], details.kill[open]")) {
    pop.open = false;
    pop.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const pop of document.querySelectorAll("details.pop[open], details.kill[open]")) {
    if (!pop.contains(event.target)) pop.open = false;
  }
});

// An answer with errors moves the focus to their list, so that a screen reader hears it.
document.querySelector(".errors[role=alert]")?.focus();

// A screen reader says what changes, not what was there from the beginning: what just happened is told once more.
const told = [...document.querySelectorAll("[data-said]")].map((note) => note.textContent.trim()).join(" ");
if (told) setTimeout(() => { document.getElementById("said").textContent = told; }, 200);

// htmx shows our pages for refused input (422) too.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

// Copy buttons: <button data-copy="#id-of-input">
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  await navigator.clipboard?.writeText(field.value);
  button.textContent = button.dataset.copied || button.textContent;
});
