/* The table of destinations and the choice of a country: a button in each row chooses it, the chosen
 * one comes first and is open, links to details open them. */
import { choose } from "./choice.js";
import { html } from "./html.js";
import { Component, render } from "./preact.js";

class Country extends Component {
	render({ country, name, chosen, onChoose }) {
		return html`<button type="button" class="country" aria-pressed=${chosen}
			onClick=${() => onChoose(country)}>${name}</button>`;
	}
}

const chosenNow = () => new URL(location.href).searchParams.get("for") ?? "";

function open(section) {
	for (const part of section.matches("details") ? [section] : section.querySelectorAll("details"))
		part.open = true;
}

/* The chosen destination before the others, in the table and in the details. */
function bringFirst(main, country) {
	const row = main.querySelector(`#matrix tbody tr[data-destination="${country}"]`);
	const section = main.querySelector(`section.destination#for-${country}`);
	row?.parentElement.prepend(row);
	row?.setAttribute("aria-current", "true");
	if (!section)
		return;
	const first = section.parentElement.querySelector(":scope > section.destination");
	if (first !== section)
		first.before(section);
	open(section);
}

/* Make the answer's parts answer. again(main) is called whenever a new answer was put in place. */
export function mountMatrix(main, again) {
	const chosen = chosenNow();

	const changeTo = async (country) => {
		if (await choose(country, again))
			document.querySelector(`#matrix tr[data-destination="${country}"] button`)?.focus();
	};
	for (const row of main.querySelectorAll("#matrix tbody tr[data-destination]")) {
		const head = row.querySelector("th");
		const country = row.dataset.destination;
		if (!head || !/^[A-Z]{2}$/.test(country))
			continue;
		const name = head.textContent.trim();
		head.textContent = "";
		render(html`<${Country} country=${country} name=${name} chosen=${country === chosen}
			onChoose=${changeTo} />`, head);
	}
	if (/^[A-Z]{2}$/.test(chosen))
		bringFirst(main, chosen);
}

/* The country's select: at once when it changes, without taking the focus away from it. */
export function mountChoice(form, again) {
	const select = form.querySelector("select[name=for]");
	const kept = () => form.isConnected ? select : document.querySelector("#choose select");

	select.addEventListener("change", async () => {
		if (await choose(select.value, again))
			kept()?.focus();
	});
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		if (!await choose(select.value, again))
			return;
		const headline = document.querySelector("main#answer h1");
		headline.tabIndex = -1;
		headline.focus();
	});
}

/* A link to details opens them, in this page or on arrival. */
export function openTarget() {
	const target = document.getElementById(location.hash.slice(1));
	if (target?.matches("section.destination"))
		open(target);
}
