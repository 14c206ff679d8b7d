import { Component, type ReactNode } from 'react';
import { Button } from '../views/ui/buttons';

interface GuardProps {
  /** Name of the contents, for the message: “The loss panel”. */
  what: string;
  /** Names what is in it: another may be drawn where one had a fault. */
  of?: string;
  children: ReactNode;
}

/** Keeps a fault in one part of the page from taking the rest down. */
export class Guard extends Component<GuardProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: GuardProps) {
    if (before.of !== this.props.of && this.state.error) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="app-fault" role="alert">
        <p>
          {this.props.what} stopped: {error.message} The rest of the page goes on. Drawing it again
          often helps; if it does not, reset the lanes or reload the page.
        </p>
        <Button onClick={() => this.setState({ error: null })}>Draw again</Button>
      </div>
    );
  }
}
