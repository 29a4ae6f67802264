// Keeps the preview beside a message's form in step with what is typed. Without it, "Save and preview" does the same.

const FOLLOWS_EVERY = 700; // milliseconds; a rich text field tells nobody when it changes, so the form is compared

for (const place of document.querySelectorAll("[data-studio-live]")) {
  const form = place.closest("form");
  const frame = place.querySelector("[data-studio-preview]");
  let shown = new URLSearchParams(new FormData(form)).toString();

  const follow = async () => {
    const typed = new FormData(form);
    const text = new URLSearchParams(typed).toString();
    if (text !== shown && !document.hidden) {
      shown = text;
      const answer = await fetch(place.dataset.studioLive, { method: "POST", body: typed });
      if (answer.ok) frame.srcdoc = await answer.text();
    }
    setTimeout(follow, FOLLOWS_EVERY);
  };
  setTimeout(follow, FOLLOWS_EVERY);
}
