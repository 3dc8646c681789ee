/** Text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
	const entities: Readonly<Record<string, string>> = {
		'&': '&amp;',
		'<': '&lt;',
		'>': '&gt;',
		'"': '&quot;',
		"'": '&#39;'
	};
	return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

const STYLE = `
:root { color-scheme: light dark; --back: #f0f2f5; --card: #fff; --text: #1c1e21; --soft: #5b6068;
	--line: #d8dbe0; --act: #0b5fcc; --on-act: #fff; --note: #fff4d6; --on-note: #5c4300; }
@media (prefers-color-scheme: dark) { :root { --back: #121417; --card: #1e2126; --text: #eceef1;
	--soft: #a9afb9; --line: #3a3f47; --act: #6aa8ff; --on-act: #0b1a2e; --note: #3b3113; --on-note: #ffe6a3; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
	background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(30rem, 100%); background: var(--card); border: 1px solid var(--line);
	border-radius: 12px; padding: 1.5rem; }
h1 { font-size: 1.25rem; margin: 1rem 0 .5rem; }
.note { margin: 0; padding: .6rem .8rem; border-radius: 8px; background: var(--note); color: var(--on-note);
	font-size: .875rem; }
fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0 0; padding: .5rem .9rem .75rem; }
legend { padding: 0 .3rem; font-weight: 600; }
label { display: flex; gap: .6rem; align-items: baseline; padding: .25rem 0; }
small, .soft { color: var(--soft); font-size: .875rem; }
small { display: block; overflow-wrap: anywhere; }
a { color: var(--act); }
.buttons { display: flex; gap: .75rem; margin-top: 1.25rem; flex-wrap: wrap; }
button { font: inherit; font-weight: 600; padding: .55rem 1.2rem; border-radius: 8px; cursor: pointer;
	border: 1px solid var(--line); background: transparent; color: inherit; }
button.primary { background: var(--act); border-color: var(--act); color: var(--on-act); }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }`;

/** A whole page around `main`, which is HTML already. */
export function htmlPage(title: string, main: string): string {
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="note"><strong>This is not Meta.</strong> It is a stand-in on this machine, for tests and demos. The people and pages in it are invented.</p>
${main}
</main>
</body>
</html>
`;
}

/** What people see when a dialog can’t be shown. */
export function dialogErrorPage(message: string): string {
	return htmlPage(
		'Something went wrong · stand-in for Meta',
		`<h1>Sorry, something went wrong</h1>\n<p role="alert">${escapeHtml(message)}</p>`
	);
}

export type Choice = { readonly value: string; readonly label: string; readonly hint: string };

/** A group of checkboxes, all ticked. With `isFixed` they can’t be unticked. */
export function checkboxes(
	legend: string,
	name: string,
	choices: readonly Choice[],
	isFixed = false
): string {
	if (choices.length === 0) return '';
	const boxes = choices.map(({ value, label, hint }) => {
		// A disabled box is not sent along; the hidden field speaks for it.
		const box = isFixed
			? `<input type="checkbox" checked disabled><input type="hidden" name="${name}" value="${escapeHtml(value)}">`
			: `<input type="checkbox" name="${name}" value="${escapeHtml(value)}" checked>`;
		return `<label>${box}<span>${escapeHtml(label)}<small>${escapeHtml(hint)}</small></span></label>`;
	});
	return `<fieldset><legend>${escapeHtml(legend)}</legend>${boxes.join('\n')}</fieldset>`;
}
