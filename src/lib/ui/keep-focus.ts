import type { Attachment } from 'svelte/attachments';

/**
 * Catches the focus when the element that has it disappears, e.g. the row of a claim that was just
 * released: it goes to the node itself, which needs `tabindex="-1"`, instead of back to the page's start.
 */
export const keepFocus: Attachment<HTMLElement> = (node) => {
	let inside = false;
	const onFocusIn = () => {
		inside = true;
	};
	const onFocusOut = (event: FocusEvent) => {
		// Removing the focused element sends no relatedTarget, just as leaving the window does.
		if (event.relatedTarget instanceof Node && !node.contains(event.relatedTarget)) inside = false;
	};
	const observer = new MutationObserver(() => {
		if (inside && document.activeElement === document.body) node.focus({ preventScroll: true });
	});
	node.addEventListener('focusin', onFocusIn);
	node.addEventListener('focusout', onFocusOut);
	observer.observe(node, { childList: true, subtree: true });
	return () => {
		observer.disconnect();
		node.removeEventListener('focusin', onFocusIn);
		node.removeEventListener('focusout', onFocusOut);
	};
};
