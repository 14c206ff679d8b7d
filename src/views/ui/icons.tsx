import type { ReactNode } from 'react';

/** Drawn on a 16 × 16 grid in the colour of the text; a name is given by what holds them. */
export const icon = (children: ReactNode) =>
  function Icon() {
    return (
      <svg className="ui-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {children}
      </svg>
    );
  };

export const PlayIcon = icon(<path className="solid" d="M4.5 2.8v10.4l8.6-5.2z" />);
export const PauseIcon = icon(<path className="solid" d="M4 3h2.8v10H4zm5.2 0H12v10H9.2z" />);
export const StepIcon = icon(<path className="solid" d="M3 3v10l7-5zm8.2 0H13v10h-1.8z" />);
export const ResetIcon = icon(<path d="M3.2 3v3.6h3.6M3.5 6.4A5.2 5.2 0 1 1 2.9 9" />);
export const LinkIcon = icon(
  <path d="M6.7 9.3 9.3 6.7M7.3 4.5l1.4-1.4a2.95 2.95 0 0 1 4.2 4.2l-1.4 1.4M8.7 11.5l-1.4 1.4a2.95 2.95 0 0 1-4.2-4.2l1.4-1.4" />,
);
export const FilesIcon = icon(<path d="M8 2.2v7.6M4.8 6.8 8 10l3.2-3.2M2.5 10.5v3h11v-3" />);
export const ClaimsIcon = icon(
  <path d="M2.5 13V3.5c2-.9 3.8-.9 5.5.3 1.7-1.2 3.5-1.2 5.5-.3V13c-2-.9-3.8-.9-5.5.3-1.7-1.2-3.5-1.2-5.5-.3M8 3.8v9.5" />,
);
export const SweepsIcon = icon(
  <path d="M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z" />,
);
export const LabsIcon = icon(<path d="M6 2.5h4M7 2.5v4L3.2 13h9.6L9 6.5v-4M5 10h6" />);
export const HelpIcon = icon(
  <>
    <path d="M5.6 5.8a2.4 2.4 0 1 1 3.5 2.1c-.8.4-1.1.9-1.1 1.7" />
    <circle className="solid" cx="8" cy="12.3" r=".9" />
  </>,
);
export const ThemeIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path className="solid" d="M8 2.5a5.5 5.5 0 0 1 0 11z" />
  </>,
);
export const MeterIcon = icon(<path d="M2.6 11.8a6 6 0 1 1 10.8 0M8 9.2l2.6-3.4" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const UndoIcon = icon(<path d="M5.8 3 3 5.8l2.8 2.8M3.3 5.8h6a3.6 3.6 0 0 1 0 7.2H6.5" />);
export const ChevronIcon = icon(<path d="m4.5 6.3 3.5 3.5 3.5-3.5" />);
export const CheckIcon = icon(<path d="m3.5 8.5 3 3 6-7" />);
export const PresetsIcon = icon(
  <path d="M3.5 2.8h6.2l2.8 2.8v7.6h-9zM5.8 6.2h2.4M5.8 8.6h4.4M5.8 11h4.4" />,
);
export const EnlargeIcon = icon(
  <path d="M9.5 3H13v3.5M6.5 13H3V9.5M12.7 3.3 9.3 6.7M3.3 12.7l3.4-3.4" />,
);
export const ShrinkIcon = icon(<path d="M13 6.5H9.5V3M3 9.5h3.5V13M9.8 6.2 13 3M3 13l3.2-3.2" />);
export const PresentIcon = icon(<path d="M2.5 3h11v7.5h-11zM8 10.5V13M5.5 13.5h5" />);
export const SlidersIcon = icon(
  <>
    <path d="M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6" />
    <circle cx="10" cy="4.5" r="1.5" />
    <circle cx="6" cy="11.5" r="1.5" />
  </>,
);
