// Times in the reader's own zone. The server has written them in UTC.

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (count) => String(count).padStart(2, "0");
const day = (at) => `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}`;
const full = (at) => `${day(at)}, ${two(at.getHours())}:${two(at.getMinutes())}`;
const clock = (at) => `${at.getDate()} ${months[at.getMonth()]}, ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
const words = { full, date: day, clock };
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function localize(within) {
  for (const time of within.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = `${full(at)} (${zone})`;
    time.textContent = words[time.dataset.time]?.(at) ?? time.textContent;
  }
}

localize(document);
document.addEventListener("fetched", (event) => localize(event.detail));
