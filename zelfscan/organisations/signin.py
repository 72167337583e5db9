"""Who is signed in: the tie between an account and Flask-Login."""

from flask_login import UserMixin, current_user

from zelfscan.organisations.models import Account
from zelfscan.organisations.queries import account_by_session
from zelfscan.web.current import installation


class SignedIn(UserMixin):
    """The signed-in account; a browser's session names it by a key that can be replaced."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return self.account.session_key


def load_user(session_key: str) -> SignedIn | None:
    """Called on each request of a signed-in browser."""
    with installation().database.read() as session:
        account = account_by_session(session, session_key)
    return SignedIn(account) if account else None


def signed_in_account() -> Account:
    """The account behind the running request, on a page that needs one."""
    user: SignedIn = current_user
    return user.account
