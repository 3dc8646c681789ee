export type ButtonLook = {
	variant?: 'primary' | 'secondary' | 'ghost' | 'danger' | undefined;
	size?: 'xs' | 'sm' | 'md' | 'lg' | undefined;
	/** Square, for an icon alone; give it an `aria-label`. */
	square?: boolean | undefined;
};

const BASE =
	'relative inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap ' +
	'transition-colors duration-100 select-none ' +
	'disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-60';

const VARIANTS = {
	primary: 'bg-ink text-inverse shadow-card hover:bg-ink/88 active:bg-ink/80',
	secondary:
		'bg-surface text-ink shadow-card ring-1 ring-inset ring-line-strong hover:bg-sunken dark:bg-raised dark:hover:bg-line/60',
	ghost: 'text-soft hover:bg-hover hover:text-ink data-[state=open]:bg-hover',
	danger: 'bg-danger text-white shadow-card hover:bg-danger/90 active:bg-danger/80'
};

const SIZES = {
	xs: { box: 'h-6 gap-1 rounded-[5px] text-xs', square: 'w-6', wide: 'px-2' },
	sm: { box: 'h-8 gap-1.5 rounded-md text-dense', square: 'w-8', wide: 'px-3' },
	md: { box: 'h-9 gap-2 rounded-md text-sm', square: 'w-9', wide: 'px-3.5' },
	lg: { box: 'h-11 gap-2 rounded-lg text-[0.9375rem]', square: 'w-11', wide: 'px-5' }
};

/** The classes of a button or of a link that looks like one. */
export function buttonLook({
	variant = 'secondary',
	size = 'md',
	square = false
}: ButtonLook): string[] {
	const { box, square: even, wide } = SIZES[size];
	return [BASE, VARIANTS[variant], box, square ? even : wide];
}
