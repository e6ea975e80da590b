// The forms of entitlements: rows come and go, and what will be granted is told as one types. Each time the form is
// sent as its own buttons would send it, and the parts of the answer are taken over.

const form = document.querySelector("form[data-grants]");
const whole = "select[name^=artifact-], select[name=applicationId], select[name=version]";
const wait = 250;
let timer;
let running;

async function refresh(step, all) {
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("step", step);
  const address = form.getAttribute("action");
  const answer = await fetch(address, { method: "POST", body, signal: running.signal, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.id;
  for (const now of document.querySelectorAll(all ? "#grants, #granted" : "[data-live]")) {
    const next = page.getElementById(now.id);
    if (next) now.replaceChildren(...next.childNodes);
  }
  if (focused) document.getElementById(focused)?.focus();
}

function later() {
  // An answer to what stood there before would undo what was just typed or checked.
  running?.abort();
  clearTimeout(timer);
  timer = setTimeout(() => refresh("preview", false).catch(() => {}), wait);
}

form.addEventListener("input", (event) => {
  if (/^(scope|search|tag|manifest|pattern|range)-\d+$|^(scope|search|version|range|publishedUntil|expiresAt)$/.test(event.target.name)) later();
});

form.addEventListener("change", (event) => {
  if (event.target.matches(whole)) refresh("preview", true).catch(() => {});
});

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  const step = button?.value ?? "save";
  if (step === "save" || button.dataset.plain) return;
  event.preventDefault();
  try {
    await refresh(step, true);
    (step === "add" ? [...form.querySelectorAll(whole)].at(-1) : form.querySelector("[data-add]"))?.focus();
  } catch (error) {
    if (error.name === "AbortError") return;
    // What went wrong is for the browser to show.
    button.dataset.plain = "true";
    form.requestSubmit(button);
  }
});
