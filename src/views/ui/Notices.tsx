import { useShallow } from 'zustand/shallow';
import type { Notice } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Button, CloseButton } from './buttons';

export const DismissButton = ({ onClick }: { onClick(): void }) => (
  <CloseButton className="ui-small" label="Dismiss this message" onClick={onClick} />
);

function NoticeLine({ notice }: { notice: Notice }) {
  const { dismiss } = useActions();
  const ways = [notice.action, notice.otherwise].filter((way) => way !== undefined);
  return (
    <li className="ui-notice" data-level={notice.level}>
      <p>{notice.text}</p>
      {ways.length > 0 && (
        <div className="ui-notice-ways">
          {ways.map(({ label, run }) => (
            <Button key={label} onClick={() => run()}>
              {label}
            </Button>
          ))}
        </div>
      )}
      <DismissButton onClick={() => dismiss(notice.id)} />
    </li>
  );
}

function NoticeList({ notices, role }: { notices: Notice[]; role: 'status' | 'alert' }) {
  // The region stands there while empty: what appears in it later is read out, a new region is not.
  return (
    <div role={role} className="ui-notices">
      {notices.length > 0 && (
        <ul>
          {notices.map((notice) => (
            <NoticeLine key={notice.id} notice={notice} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** The messages about one thing, beside it: errors are read out at once, the rest when there is quiet. */
export function Notices({ about }: { about: Notice['about'] }) {
  const notices = useScope(useShallow((s) => s.notices.filter((n) => n.about === about)));
  return (
    <>
      <NoticeList role="status" notices={notices.filter((n) => n.level !== 'error')} />
      <NoticeList role="alert" notices={notices.filter((n) => n.level === 'error')} />
    </>
  );
}
