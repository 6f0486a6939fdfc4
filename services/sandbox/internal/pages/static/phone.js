// The phone works without this; with it, messages come by themselves.
const phone = document.querySelector("[data-live]");

if (phone) {
  const refresh = phone.querySelector(".phone-refresh");
  const source = new EventSource(phone.dataset.live);
  let shown = null;

  source.onopen = () => {
    const live = document.createElement("span");
    live.className = "phone-refresh phone-live";
    live.textContent = phone.dataset.on;
    phone.querySelector(".phone-refresh").replaceWith(live);
  };
  source.onerror = () => phone.querySelector(".phone-refresh").replaceWith(refresh);
  source.onmessage = (event) => {
    // The first one says where the page is; it may have come since the page was made.
    if (event.data !== shown) show();
    shown = event.data;
  };
}

async function show() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("#messages").replaceChildren(...fresh.querySelector("#messages").childNodes);
  const to = document.querySelector("#to");
  if (document.activeElement === to) return;
  const chosen = to.value;
  to.replaceChildren(...fresh.querySelector("#to").childNodes);
  to.value = chosen;
}

document.querySelector("[data-submit]")?.addEventListener("change", (event) => event.target.form.submit());
