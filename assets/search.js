// Sphinx's search, as the book's readers need it. This runs after Sphinx's own scripts and before they search.

// Excerpts are taken from a page's text, not from its buttons and contents; of the glossary they are the explanation.
Search.htmlToText = (page, anchor) => {
  const article = new DOMParser().parseFromString(page, "text/html").querySelector(".bd-article");
  for (const part of article.querySelectorAll(".headerlink, .chapter-facts, .katex-html, script, style")) part.remove();
  const place = `[id="${anchor.slice(1)}"]`;
  return (article.querySelector(`dt${place} ~ dd`) ?? article.querySelector(place) ?? article).textContent;
};

// The index has a word as it is where its stem is no word to look for, as of “Ising”: it is looked up so.
const { stemWord } = new Stemmer();
Stemmer = function () {
  this.stemWord = (word) => (stopwords.includes(stemWord(word)) ? word : stemWord(word));
};

// From a file the browser lets no page read another: there are no excerpts.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// A chapter of that title comes before all of the reference, whose best keep their order (no score is above 100).
Scorer.score = ([page, , , , score]) =>
  page.startsWith("reference/") ? Math.min(score, Scorer.title - 1 + score / 200) : score;
// A function that matches only by its module's name comes after the pages whose text has the word.
Scorer.objPrio = { 0: 0, 1: 0, 2: 0 };
