// Pasted text keeps its headings: the editor of rich text knows two levels and turns all others into plain paragraphs,
// so they are brought to those two before it reads them. Lists, tables and styles of a word processor it knows itself,
// and the server cleans what is saved in any case.
(() => {
  const LEVELS = { H1: "h2", H4: "h3", H5: "h3", H6: "h3" };

  const withKnownLevels = (html) => {
    const body = new DOMParser().parseFromString(html, "text/html").body;
    body.querySelectorAll(Object.keys(LEVELS).join()).forEach((heading) => {
      const known = document.createElement(LEVELS[heading.tagName]);
      known.append(...heading.childNodes);
      heading.replaceWith(known);
    });
    return body.innerHTML;
  };

  document.addEventListener("paste", (event) => {
    const editor = event.target.closest && event.target.closest(".DraftEditor-root");
    const html = editor && event.clipboardData && event.clipboardData.getData("text/html");
    // What comes from another editor of this kind is left alone: it carries more than its HTML.
    if (!html || !/<h[1456][\s>]/i.test(html) || html.includes("data-draftjs-conductor-fragment")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const data = new DataTransfer();
    data.setData("text/html", withKnownLevels(html));
    data.setData("text/plain", event.clipboardData.getData("text/plain"));
    event.target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, true);
})();
