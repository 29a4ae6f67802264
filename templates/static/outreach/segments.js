// Lets the rule builder change in place and the count follow it. Without it, each button sends the form and says the same.

const RESTS = 600; // milliseconds; only once the hands rest is it worth a count

for (const place of document.querySelectorAll("[data-rule-count-at]")) {
  const form = place.closest("form");
  const builder = place.querySelector("[data-rule-builder]");
  const counted = place.querySelector("[data-rule-count]");
  let waiting = 0;
  let asked = null;

  const ask = async (address, more = {}, signal = undefined) => {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    const answer = await fetch(address, { method: "POST", body, signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return answer.text();
  };

  const count = async () => {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    counted.dataset.ruleBusy = "";
    try {
      counted.innerHTML = await ask(place.dataset.ruleCountAt, {}, signal);
    } catch (error) {
      if (signal.aborted) return;
      counted.textContent = place.dataset.ruleFailed;
    }
    delete counted.dataset.ruleBusy;
  };

  const countSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(count, RESTS);
  };

  builder.addEventListener("input", countSoon);

  place.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    event.preventDefault();
    if (button.value === "count") {
      count();
      return;
    }
    if ("ruleBusy" in builder.dataset) return; // the second half of a double click
    builder.dataset.ruleBusy = "";
    try {
      builder.innerHTML = await ask(place.dataset.ruleChangeAt, { do: button.value });
      const part = builder.querySelector("[data-rule-focus]");
      part?.querySelector("select, input:not([type=hidden])")?.focus();
      form.dispatchEvent(new Event("change", { bubbles: true })); // the page warns before what is built is left
      countSoon();
    } catch {
      counted.textContent = place.dataset.ruleFailed;
    }
    delete builder.dataset.ruleBusy;
  });
}
