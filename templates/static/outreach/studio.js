// Keeps the preview and the findings beside a message's form in step with what is typed. Without it, "Preview" does it.

const FOLLOWS_EVERY = 700; // milliseconds; a rich text field tells nobody when it changes, so the form is compared

for (const place of document.querySelectorAll("[data-studio-live]")) {
  const form = place.closest("form");
  const frames = place.querySelectorAll("[data-studio-preview]");
  const found = place.querySelector("[data-studio-found]");
  const out = form.querySelector("[data-studio-out]");
  const now = () => new URLSearchParams(new FormData(form)).toString();
  let shown = now();
  let typed = shown;

  const ask = async (address) => {
    const answer = await fetch(address, { method: "POST", body: new FormData(form) });
    if (answer.redirected || answer.status === 403) out.hidden = false;
    return answer.ok ? answer.text() : null;
  };

  const follow = async () => {
    const text = now();
    // Only once the hands rest: half a word is not worth a look.
    if (text !== shown && text === typed && !document.hidden) {
      shown = text;
      try {
        const previews = [...frames].map((frame) =>
          ask(`${place.dataset.studioLive}?colours=${frame.dataset.studioPreview}`),
        );
        const [findings, ...documents] = await Promise.all([ask(place.dataset.studioFindings), ...previews]);
        // The page to sign in at has no place beside a text.
        if (!out.hidden) return;
        frames.forEach((frame, number) => {
          if (documents[number] !== null) frame.srcdoc = documents[number];
        });
        if (findings !== null) found.innerHTML = findings;
      } catch {
        shown = ""; // the line was cut: ask again
      }
    }
    typed = text;
    setTimeout(follow, FOLLOWS_EVERY);
  };
  setTimeout(follow, FOLLOWS_EVERY);
}
