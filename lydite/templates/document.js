// Searches the claims of the page by words, and says how many are found; without it, the page is complete.
"use strict";
const articles = [...document.querySelectorAll("article")];
const sections = [...document.querySelectorAll("main > section[data-question]")];
const box = document.createElement("fieldset");
const legend = document.createElement("legend");
const search = document.createElement("input");
const count = document.createElement("output");
legend.textContent = "With which words?";
search.type = "search";
search.id = "search";
search.setAttribute("aria-label", "search the claims");
count.className = "count";
box.append(legend, search, " ", count);
document.querySelector("form").append(box);
const texts = articles.map((article) => article.textContent.toLowerCase());
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  articles.forEach((article, place) => { article.hidden = !words.every((word) => texts[place].includes(word)); });
  for (const section of sections) section.hidden = words.length > 0 && !section.querySelector("article:not([hidden])");
  document.body.classList.toggle("searching", words.length > 0);
  const found = articles.filter((article) => !article.hidden).length;
  count.textContent = words.length ? `${found} of ${articles.length}` : "";
});
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
