/* Choosing the reader's country without a reload. The server draws the page of that country, as it
 * does without script; here it is fetched and put in place of the one that is shown, so there is one
 * place where an answer is worded, and it is not here. Where anything goes wrong the browser goes to
 * that page in the ordinary way. */
import { words } from "./words.js";

let asked = 0; // the newest choice wins, whichever answer comes first

const address = (country) => {
	const url = new URL(location.href);
	if (country)
		url.searchParams.set("for", country);
	else
		url.searchParams.delete("for");
	url.hash = "";
	return url;
};

/* Of the links around the answer those that carry the choice take it from the new page. */
function takeLinks(from) {
	for (const part of ["header", "footer", "nav"]) {
		const old = document.querySelectorAll(`body > ${part} a[href]`);
		const now = from.querySelectorAll(`body > ${part} a[href]`);
		if (old.length === now.length)
			old.forEach((link, i) => link.setAttribute("href", now[i].getAttribute("href")));
	}
}

function announce(main) {
	let place = document.getElementById("announced");
	if (!place) {
		place = document.createElement("p");
		place.id = "announced";
		place.className = "unseen";
		place.setAttribute("role", "status");
		document.body.append(place);
	}
	const headline = main.querySelector("h1")?.textContent.trim() ?? "";
	place.textContent = words(main, "choice-done", { headline });
}

/* Show the page for a country ("" for none). shown(main) is called with the new answer in place.
 * Returns false when it has left for another page, or a newer choice was made. */
export async function choose(country, shown) {
	const turn = ++asked;
	const url = address(country);
	let page;

	try {
		const answer = await fetch(url, { headers: { Accept: "text/html" } });
		if (!answer.ok || !/^text\/html/.test(answer.headers.get("Content-Type") ?? ""))
			throw new Error(answer.status);
		page = new DOMParser().parseFromString(await answer.text(), "text/html");
		if (!page.querySelector("main#answer h1"))
			throw new Error("not an answer");
	} catch {
		if (turn === asked)
			location.assign(url);
		return false;
	}
	if (turn !== asked)
		return false;
	const main = document.adoptNode(page.querySelector("main#answer"));
	document.querySelector("main#answer").replaceWith(main);
	document.title = page.title;
	takeLinks(page);
	for (const select of document.querySelectorAll("form#choose select[name=for]"))
		select.value = country;
	history.replaceState(null, "", url);
	shown(main);
	announce(main);
	return true;
}
