import { PERSON_PARAM } from './authorize-request.ts';
import { checkboxes, escapeHtml, htmlPage } from './page-html.ts';
import type { Choice } from './page-html.ts';

export type DialogView = {
	/** `Facebook` or `Instagram`. */
	readonly product: string;
	/** Where the form goes, with the dialog's own query. */
	readonly action: string;
	/** As whom; and who else there is. */
	readonly as: { readonly id: string; readonly name: string };
	readonly others: readonly { readonly id: string; readonly name: string }[];
	/** The dialog's own address, for going on as somebody else. */
	readonly address: URL;
	readonly permissions: readonly Choice[];
	readonly pages: readonly Choice[];
	readonly isAllOrNothing: boolean;
};

/** The dialog in which somebody allows the app what it asks for. */
export function dialogPage(view: DialogView): string {
	const others = view.others.map(({ id, name }) => {
		const address = new URL(view.address);
		address.searchParams.set(PERSON_PARAM, id);
		const href = escapeHtml(`${address.pathname}${address.search}`);
		return `<a href="${href}">Continue as ${escapeHtml(name)}</a>`;
	});
	const permissions = checkboxes(
		'It asks for',
		'permission',
		view.permissions,
		view.isAllOrNothing
	);
	return htmlPage(
		`Log in with ${view.product} · stand-in for Meta`,
		`<h1>Sellary asks for access to your ${view.product} account</h1>
<p>You continue as <strong>${escapeHtml(view.as.name)}</strong>.</p>
${others.length > 0 ? `<p class="soft">Somebody else? ${others.join(' · ')}</p>` : ''}
<form method="post" action="${escapeHtml(view.action)}">
<input type="hidden" name="as" value="${escapeHtml(view.as.id)}">
${checkboxes('For these Pages', 'page', view.pages)}
${permissions}
<div class="buttons">
<button class="primary" type="submit" name="decision" value="continue">Continue</button>
<button type="submit" name="decision" value="cancel">Cancel</button>
</div>
</form>`
	);
}
