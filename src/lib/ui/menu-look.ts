/** The classes of a menu that floats, and of a row in it. */
export const MENU =
	'z-50 animate-rise-in rounded-xl border border-line bg-raised p-1.5 shadow-pop outline-none';
export const MENU_ROW =
	'flex h-8 w-full cursor-default items-center gap-2.5 rounded-md px-2.5 text-dense text-soft outline-none select-none data-highlighted:bg-hover data-highlighted:text-ink';
