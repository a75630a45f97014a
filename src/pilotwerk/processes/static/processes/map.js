// Draws the process map with Graphviz. Without it the same connections stand in a table, which stays below the picture.
"use strict";

const figure = document.getElementById("process-map");
const source = document.getElementById("process-map-source");

async function draw() {
  const { Graphviz } = await import(new URL(figure.dataset.graphviz, document.baseURI));
  const graphviz = await Graphviz.load();
  const text = graphviz.dot(JSON.parse(source.textContent), "svg");
  const picture = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  // Points become pixels, so that letters have the size of the page's small text; the frame scrolls where needed.
  const [width, height] = ["width", "height"].map((name) => (parseFloat(picture.getAttribute(name)) * 4) / 3);
  picture.setAttribute("width", width);
  picture.setAttribute("height", height);
  picture.setAttribute("class", "process-map");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", figure.dataset.title);
  picture.setAttribute("aria-describedby", "process-map-table");
  // Colours come from the style sheet, in both themes; the tooltips of Graphviz say nothing that is not in the picture.
  for (const title of picture.querySelectorAll("title")) title.remove();
  for (const mark of picture.querySelectorAll("[fill], [stroke]")) {
    mark.removeAttribute("fill");
    mark.removeAttribute("stroke");
  }
  figure.querySelector(".map-frame").append(document.importNode(picture, true));
  figure.hidden = false;
  document.getElementById("process-map-table").open = false;
}

if (figure && source) draw().catch((error) => console.warn("The process map could not be drawn.", error));
