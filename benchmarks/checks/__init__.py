"""What must hold on a real project before, during and after a migration."""
