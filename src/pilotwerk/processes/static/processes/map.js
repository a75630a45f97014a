// Draws the process map with Graphviz. Without it the same connections stand in a table, which stays below the picture.
"use strict";

const figure = document.getElementById("process-map");
const source = document.getElementById("process-map-source");
const slider = document.getElementById("map-level");
const words = document.getElementById("map-words");

function picture(graphviz, text) {
  const found = new DOMParser().parseFromString(graphviz.dot(text, "svg"), "image/svg+xml").documentElement;
  // Points become pixels, so that letters have the size of the page's small text; the frame scrolls where needed.
  const [width, height] = ["width", "height"].map((name) => (parseFloat(found.getAttribute(name)) * 4) / 3);
  found.setAttribute("width", width);
  found.setAttribute("height", height);
  found.setAttribute("class", "process-map");
  found.setAttribute("role", "img");
  found.setAttribute("aria-label", figure.dataset.title);
  found.setAttribute("aria-describedby", "process-map-table");
  // Colours come from the style sheet, in both themes; the tooltips of Graphviz say nothing that is not in the picture.
  for (const title of found.querySelectorAll("title")) title.remove();
  for (const mark of found.querySelectorAll("[fill], [stroke]")) {
    mark.removeAttribute("fill");
    mark.removeAttribute("stroke");
  }
  return document.importNode(found, true);
}

async function draw() {
  const { Graphviz } = await import(new URL(figure.dataset.graphviz, document.baseURI));
  const graphviz = await Graphviz.load();
  const levels = JSON.parse(source.textContent);
  const frame = figure.querySelector(".map-frame");
  const show = (level) => {
    frame.replaceChildren(picture(graphviz, levels[level].dot));
    if (words) words.textContent = levels[level].words;
    if (slider) slider.setAttribute("aria-valuetext", levels[level].words);
  };
  show(Number(figure.dataset.level));
  slider?.addEventListener("input", () => show(Number(slider.value)));
  figure.hidden = false;
  document.getElementById("process-map-table").open = false;
}

if (figure && source) draw().catch((error) => console.warn("The process map could not be drawn.", error));
