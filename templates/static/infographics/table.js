// Fills the text of a table from a spreadsheet: the file goes to the server and comes back as text, or as what is wrong
// with it. The file itself is never part of the page's form, so a draft that saves itself can't put it over later work.
(() => {
  "use strict";

  const token = () => JSON.parse(document.getElementById("wagtail-config").textContent).CSRF_TOKEN;

  const say = (place, lines, wrong) => {
    place.classList.toggle("table-input__said--wrong", wrong);
    const list = document.createElement(lines.length > 1 ? "ul" : "p");
    for (const line of lines) {
      const item = lines.length > 1 ? list.appendChild(document.createElement("li")) : list;
      item.textContent = line;
    }
    place.replaceChildren(list);
  };

  const read = async (input) => {
    const field = input.closest("[data-table-input]");
    const said = field.querySelector("[data-table-said]");
    const area = field.querySelector("textarea");
    const form = new FormData();
    form.append("file", input.files[0]);
    form.append("sheet", field.querySelector("[data-table-sheet]").value);
    form.append("notation", field.querySelector("select").value);
    say(said, [field.dataset.reading], false);
    try {
      const response = await fetch(field.dataset.url, { method: "POST", body: form, headers: { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest" } });
      const answer = await response.json();
      if (answer.text) {
        area.value = answer.text;
        area.dispatchEvent(new Event("input", { bubbles: true }));
        area.dispatchEvent(new Event("change", { bubbles: true }));
      }
      say(said, answer.errors.length ? answer.errors : [field.dataset.done, ...answer.notes], answer.errors.length > 0);
    } catch {
      say(said, [field.dataset.failed], true);
    }
    input.value = "";
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-table-file]") && event.target.files.length) read(event.target);
  });
})();
